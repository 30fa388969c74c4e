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
    private readonly History _history = new();
    private readonly Completer _completer;
    private readonly PieceRun _run;
    private readonly Pager _pager;
    private readonly StatementSplitter _splitter;
    private List<HeldForm> _held = [];
    private string _database = "";

    public Interactive(PromptRequest request, SqlTerminal terminal, CancellationToken ct)
    {
        (_request, _terminal) = (request, terminal);
        _output = new TextOut(request.Output, onTerminal: true);
        _keyboard = new Keyboard(request.Input, ct);
        _session = new SqlSession(request);
        _completer = new Completer(_session);
        _run = new PieceRun(request, _session, _output, _output, _keyboard, FormOf, MovedAsync);
        _pager = new Pager(_keyboard, _output, terminal.Size);
        _splitter = new StatementSplitter(request.Kind);
        terminal.Resized += _keyboard.Redraw;
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
        _terminal.Resized -= _keyboard.Redraw;
        await _keyboard.DisposeAsync();
        await _session.DisposeAsync();
    }

    private async Task<int> AskAsync(CancellationToken ct)
    {
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

            _splitter.HasEscapes = _session.Server.HasEscapes;
            lines.Add(line);
            _splitter.Feed(line + "\n");
            while (_splitter.Next(final: false) is { } piece)
            {
                if (lines.Count > 0)
                {
                    _history.Add(string.Join('\n', lines).Trim());
                    lines.Clear();
                }

                if (await RunAsync(piece, ct))
                {
                    return SqlExit.Ok;
                }

                _splitter.HasEscapes = _session.Server.HasEscapes;
            }

            if (_splitter.Open is null)
            {
                lines.Clear();
            }
        }

        return SqlExit.Ok;
    }

    /// <summary>True: it was the last.</summary>
    private async Task<bool> RunAsync(SqlPiece piece, CancellationToken ct)
    {
        _held = [];
        bool quit = await _run.RunAsync(piece, ct) == CommandEnd.Quit;
        if (_request.Kind == SqlKind.MySql && piece.Text.StartsWith("use ", StringComparison.OrdinalIgnoreCase))
        {
            await MovedAsync(ct);
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

    private IResultForm FormOf(PromptSettings settings, bool expanded)
    {
        if (settings.Format != ResultFormat.Aligned)
        {
            return Forms.Of(settings, _output, onTerminal: true);
        }

        HeldForm form = new(_output, _terminal.Size, expanded || settings.Expanded);
        _held.Add(form);
        return form;
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
