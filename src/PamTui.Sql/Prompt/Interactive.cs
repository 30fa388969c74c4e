using PamTui.Core.Model;
using PamTui.Sql.Commands;
using PamTui.Sql.Output;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>The prompt on a terminal: asks, runs, shows, until it is left or the connection is gone.</summary>
internal sealed class Interactive : IAsyncDisposable
{
    private readonly PromptRequest _request;
    private readonly SqlTerminal _terminal;
    private readonly TextOut _output;
    private readonly Keyboard _keyboard;
    private readonly SqlSession _session;
    private readonly PromptSettings _settings = new();
    private readonly History _history = new();
    private readonly Completer _completer;
    private readonly StatementRun _run;
    private readonly Pager _pager;
    private readonly StatementSplitter _splitter;
    private List<HeldForm> _held = [];
    private string _database = "";
    private string? _notCancelled;

    public Interactive(PromptRequest request, SqlTerminal terminal, CancellationToken ct)
    {
        (_request, _terminal) = (request, terminal);
        _output = new TextOut(request.Output, onTerminal: true);
        _keyboard = new Keyboard(request.Input, ct);
        _session = new SqlSession(request);
        _completer = new Completer(_session);
        _run = new StatementRun(_output, _output, onTerminal: true, request.Time);
        _pager = new Pager(_keyboard, _output, terminal.Size);
        _splitter = new StatementSplitter(request.Kind);
    }

    public async Task<int> RunAsync(CancellationToken ct)
    {
        try
        {
            await _session.ConnectAsync(null, ct);
            await MovedAsync(ct);
            await _output.LineAsync($"{_request.Account} ({Cell.Show(_session.Server.Version)}). \\? helps, \\q leaves.", ct);
            return await AskAsync(ct);
        }
        catch (SqlLostException lost)
        {
            await _output.LineAsync($"\npamtui: {Text.Escape(lost.Message, 2048)}", ct);
            return SqlExit.ConnectionLost;
        }
        finally
        {
            await _output.FlushAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _keyboard.DisposeAsync();
        await _session.DisposeAsync();
    }

    private async Task<int> AskAsync(CancellationToken ct)
    {
        SlashCommands commands = new(_request, _session, _settings, _run, _output, _output, () => FormOf(expanded: false)) { Moved = MovedAsync };
        LineEditor editor = new(_keyboard, _output, _terminal.Size, _history, _completer, SaidAsync);
        List<string> lines = [];
        while (await editor.ReadAsync(PromptText(), ct) is { } line)
        {
            if (editor.Interrupted)
            {
                _splitter.Clear();
                lines.Clear();
                continue;
            }

            lines.Add(line);
            _splitter.Feed(line + "\n");
            while (_splitter.Next(final: false) is { } piece)
            {
                if (lines.Count > 0)
                {
                    _history.Add(string.Join('\n', lines).Trim());
                    lines.Clear();
                }

                if (await RunAsync(commands, piece, ct))
                {
                    return SqlExit.Ok;
                }
            }

            if (_splitter.Open is null)
            {
                lines.Clear();
            }
        }

        return SqlExit.Ok;
    }

    /// <summary>True: it was the last.</summary>
    private async Task<bool> RunAsync(SlashCommands commands, SqlPiece piece, CancellationToken ct)
    {
        bool quit = false;
        _held = [];
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task listening = _keyboard.ListenAsync(() => CancelAsync(over.Token), over.Token);
        try
        {
            if (piece.IsCommand)
            {
                quit = await commands.RunAsync(piece.Text, ct) == CommandEnd.Quit;
            }
            else
            {
                await _run.RunAsync(_session.Server, piece.Text, FormOf(piece.Expanded), _settings.Format == ResultFormat.Aligned, _settings.Timing, ct);
            }

            if (_request.Kind == SqlKind.MySql && piece.Text.StartsWith("use ", StringComparison.OrdinalIgnoreCase))
            {
                await MovedAsync(ct);
            }
        }
        finally
        {
            await over.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_notCancelled is { } why)
        {
            _notCancelled = null;
            await _output.LineAsync("pamtui: the statement could not be cancelled: " + Text.Escape(why, 2048), ct);
        }

        await _output.FlushAsync(ct);
        if (piece.Text.Length >= 4 && piece.Text[..4].ToUpperInvariant() is "CREA" or "ALTE" or "DROP" or "RENA")
        {
            _completer.Forget();
        }

        foreach (ResultPages pages in _held.SelectMany(form => form.Large))
        {
            await _pager.ShowAsync(pages, ct);
        }

        return quit;
    }

    private IResultForm FormOf(bool expanded)
    {
        if (_settings.Format != ResultFormat.Aligned)
        {
            return Forms.Of(_settings, _output, onTerminal: true);
        }

        HeldForm form = new(_output, _terminal.Size, expanded || _settings.Expanded);
        _held.Add(form);
        return form;
    }

    // The statement's own answer says what became of it. The screen is its, so what goes wrong here is said afterwards.
    private async Task CancelAsync(CancellationToken ct)
    {
        try
        {
            await _session.Server.CancelAsync(ct);
        }
        catch (Exception e) when (e is SqlLostException or IOException)
        {
            _notCancelled = e.Message;
        }
    }

    private async Task MovedAsync(CancellationToken ct)
    {
        _completer.Forget();
        _database = await _session.ValueAsync(Dialect.Of(_request.Kind).CurrentDatabase, ct) ?? "(none)";
    }

    private async Task<string> SaidAsync(CancellationToken ct) => ErrorLines.Of((await _session.Server.IdleAsync(ct)).Said, "");

    private string PromptText() => Text.Escape(_database, 64) + (_splitter.Open ?? '=') + (_session.Server.Transaction switch
    {
        TransactionState.Open => "*",
        TransactionState.Failed => "!",
        _ => "",
    }) + "> ";
}
