using PamTui.Core.Model;
using PamTui.Sql.Commands;
using PamTui.Sql.Output;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>Statements one after the other, up to the first that fails; nothing is asked.</summary>
internal sealed class Script(PromptRequest request)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        bool onTerminal = request.Terminal is not null;
        TextOut output = new(request.Output, onTerminal);
        TextOut error = new(onTerminal ? request.Output : request.Error, onTerminal);
        try
        {
            await using SqlSession session = new(request);
            await session.ConnectAsync(null, ct);
            PromptSettings settings = new();
            StatementRun run = new(output, error, onTerminal, request.Time);
            SlashCommands commands = new(request, session, settings, run, output, error, () => Forms.Of(settings, output, onTerminal));
            if (request.Command is { } command)
            {
                foreach (SqlPiece piece in ScriptSource.Of(request.Kind, command))
                {
                    if (await RunAsync(piece) is { } status)
                    {
                        return status;
                    }
                }

                return SqlExit.Ok;
            }

            await foreach (SqlPiece piece in ScriptSource.ReadAsync(request.Kind, request.Input, ct))
            {
                if (await RunAsync(piece) is { } status)
                {
                    return status;
                }
            }

            return SqlExit.Ok;

            async Task<int?> RunAsync(SqlPiece piece) => !piece.IsCommand
                ? await run.RunAsync(
                    session.Server, piece.Text, Forms.Of(settings, output, onTerminal, piece.Expanded), settings.Format == ResultFormat.Aligned, settings.Timing, ct)
                    ? null
                    : SqlExit.StatementFailed
                : await commands.RunAsync(piece.Text, ct) switch
                {
                    CommandEnd.Quit => SqlExit.Ok,
                    CommandEnd.Failed => SqlExit.StatementFailed,
                    _ => null,
                };
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
