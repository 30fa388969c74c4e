using PamTui.Core.Model;
using PamTui.Sql.Commands;
using PamTui.Sql.Output;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>Runs what was typed or came in a script, a statement or a command at a time; Ctrl-C cancels it.</summary>
/// <param name="error">Where errors and notices go.</param>
/// <param name="keyboard">Null: nobody can press anything.</param>
/// <param name="form">Of a result, as the settings have it; true: of this one as \x has it.</param>
/// <param name="moved">The database may be another one now.</param>
internal sealed class PieceRun(
    PromptRequest request, SqlSession session, TextOut output, TextOut error, Keyboard? keyboard, Func<PromptSettings, bool, IResultForm> form, Func<CancellationToken, Task> moved)
{
    private readonly PromptSettings _settings = new();
    private readonly StatementRun _run = new(output, error, request.Terminal is not null, request.Time);
    private string? _notCancelled;

    /// <summary>Ctrl-C was pressed while the last one ran, whatever the database made of it.</summary>
    public bool WasInterrupted { get; private set; }

    /// <exception cref="SqlLostException">The connection is over.</exception>
    public async Task<CommandEnd> RunAsync(SqlPiece piece, CancellationToken ct)
    {
        WasInterrupted = false;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task listening = keyboard?.ListenAsync(() => CancelAsync(over.Token), over.Token) ?? Task.CompletedTask;
        CommandEnd end;
        try
        {
            end = piece.IsCommand ? await CommandAsync(piece.Text, ct)
                : await _run.RunAsync(session.Server, piece.Text, form(_settings, piece.Expanded), _settings.Format == ResultFormat.Aligned, _settings.Timing, ct) ? CommandEnd.Done
                : CommandEnd.Failed;
        }
        finally
        {
            await over.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_notCancelled is { } why)
        {
            _notCancelled = null;
            await error.LineAsync("pamtui: the statement could not be cancelled: " + Text.Escape(why, 2048), ct);
        }

        return end;
    }

    private Task<CommandEnd> CommandAsync(string line, CancellationToken ct) =>
        new SlashCommands(request, session, _settings, _run, output, error, () => form(_settings, false)) { Moved = moved }.RunAsync(line, ct);

    // The statement's own answer says what became of it. The screen is its, so what goes wrong here is said afterwards.
    private async Task CancelAsync(CancellationToken ct)
    {
        WasInterrupted = true;
        try
        {
            await session.Server.CancelAsync(ct);
        }
        catch (Exception e) when (e is SqlLostException or IOException)
        {
            _notCancelled = e.Message;
        }
    }
}
