using System.Text;
using PamTui.Core.Model;
using PamTui.Sql.Commands;
using PamTui.Sql.Output;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>Statements one after the other, up to the first that fails or that somebody at a terminal cancels; nothing is asked.</summary>
internal sealed class Script(PromptRequest request)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        bool onTerminal = request.Terminal is not null;
        TextOut output = new(request.Output, onTerminal);
        TextOut error = new(onTerminal ? request.Output : request.Error, onTerminal);
        try
        {
            // On a terminal the statements are the command's, and what comes from it are keys.
            await using Keyboard? keyboard = onTerminal ? new Keyboard(request.Input, ct) : null;
            await using SqlSession session = new(request);
            await session.ConnectAsync(null, ct);
            PieceRun run = new(request, session, output, error, keyboard, (settings, expanded) => Forms.Of(settings, output, onTerminal, expanded), static _ => Task.CompletedTask);
            using MemoryStream command = new(Encoding.UTF8.GetBytes(request.Command ?? ""));
            await foreach (SqlPiece piece in ScriptSource.ReadAsync(request.Kind, request.Command is null ? request.Input : command, () => session.Server.HasEscapes, ct))
            {
                CommandEnd end = await run.RunAsync(piece, ct);
                if (end != CommandEnd.Done || run.WasInterrupted)
                {
                    return end == CommandEnd.Quit ? SqlExit.Ok : SqlExit.StatementFailed;
                }
            }

            return SqlExit.Ok;
        }
        catch (SqlLostException lost)
        {
            await output.FlushAsync(ct);
            await error.LineAsync($"pamtui: {Text.Escape(lost.Message, 2048)}", ct);
            return SqlExit.ConnectionLost;
        }
        finally
        {
            await output.FlushAsync(ct);
            await error.FlushAsync(ct);
        }
    }
}
