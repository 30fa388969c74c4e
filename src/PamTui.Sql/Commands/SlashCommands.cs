using PamTui.Core.Model;
using PamTui.Sql.Output;
using PamTui.Sql.Prompt;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Commands;

/// <summary>Lines that begin with a backslash, as psql has them; the same for both kinds of database.</summary>
/// <param name="form">A form for what a command shows, as the settings say.</param>
internal sealed class SlashCommands(PromptRequest request, SqlSession session, PromptSettings settings, StatementRun run, TextOut output, TextOut error, Func<IResultForm> form)
{
    private readonly Dialect _dialect = Dialect.Of(request.Kind);

    /// <summary>The database may be another one now.</summary>
    public Func<CancellationToken, Task> Moved { get; init; } = static _ => Task.CompletedTask;

    /// <exception cref="SqlLostException">The connection is over.</exception>
    public async Task<CommandEnd> RunAsync(string line, CancellationToken ct)
    {
        string name = line.Split(' ', '\t')[0];
        string rest = line[name.Length..].Trim().TrimEnd(';').TrimEnd();
        string? argument = rest.Length == 0 ? null : rest;
        switch (name)
        {
            case "\\q" or "\\quit":
                return CommandEnd.Quit;
            case "\\?" or "\\h" or "\\help":
                await output.WriteAsync(CommandHelp.Text, ct);
                return CommandEnd.Done;
            case "\\x":
                return await SwitchAsync("Expanded display", argument, settings.Expanded, on => settings.Expanded = on, ct);
            case "\\timing":
                return await SwitchAsync("Timing", argument, settings.Timing, on => settings.Timing = on, ct);
            case "\\pset":
                return await FormatAsync(rest, ct);
            case "\\export":
                return await ExportAsync(rest, ct);
            case "\\c" or "\\connect":
                return await ConnectAsync(argument, ct);
            case "\\conninfo":
                return await ConnectionAsync(ct);
            case "\\d" or "\\d+" when argument is not null:
                return await DescribeAsync(argument, ct);
            case "\\!" or "\\i" or "\\ir" or "\\include" or "\\o" or "\\out" or "\\e" or "\\edit" or "\\w" or "\\write" or "\\copy" or "\\cd" or "\\s" or "\\g" or "\\source" or "\\tee" or "\\system":
                return await FailAsync($"{name} is not here: the prompt runs on the gateway, whose files and programs are nobody's. Use a client of yours through `ssh -L`, or redirect ssh's own input and output.", ct);
        }

        return QueryOf(name.TrimEnd('+'), argument) is { } query
            ? await ShowAsync("", query, ct)
            : await FailAsync($"there is no command {Text.Quote(name)}; \\? lists them.", ct);
    }

    private string? QueryOf(string name, string? pattern) => name switch
    {
        "\\d" => _dialect.Relations("", pattern),
        "\\dn" => _dialect.Schemas(pattern),
        "\\du" or "\\dg" => _dialect.Users(pattern),
        "\\df" => _dialect.Functions(pattern),
        "\\l" or "\\list" => _dialect.Databases(pattern),
        ['\\', 'd', .. var kinds] when kinds.Length <= 5 && kinds.All(kind => "tvims".Contains(kind, StringComparison.Ordinal)) && (kinds.Length == 1 || !kinds.Contains('i', StringComparison.Ordinal)) =>
            _dialect.Relations(kinds, pattern),
        _ => null,
    };

    private async Task<CommandEnd> DescribeAsync(string name, CancellationToken ct)
    {
        bool any = false;
        foreach ((string title, string query) in _dialect.Describe(name))
        {
            IReadOnlyList<IReadOnlyList<string?>> rows = await session.RowsAsync(query, ct);
            if (rows.Count == 0 && title.Length == 0)
            {
                break;
            }

            any = true;
            if (rows.Count > 0 && await ShowAsync(title, query, ct) == CommandEnd.Failed)
            {
                return CommandEnd.Failed;
            }
        }

        return any ? CommandEnd.Done : await FailAsync($"there is no relation {Text.Quote(name)}; \\d lists them.", ct);
    }

    private async Task<CommandEnd> ShowAsync(string title, string query, CancellationToken ct)
    {
        if (title.Length > 0)
        {
            await output.LineAsync(title + ":", ct);
        }

        return await run.RunAsync(session.Server, query, form(), tags: false, settings.Timing, ct) ? CommandEnd.Done : CommandEnd.Failed;
    }

    private async Task<CommandEnd> SwitchAsync(string what, string? argument, bool now, Action<bool> set, CancellationToken ct)
    {
        if (argument is not (null or "on" or "off"))
        {
            return await FailAsync("say on or off, or nothing for the other way.", ct);
        }

        bool on = argument is null ? !now : argument == "on";
        set(on);
        await output.LineAsync($"{what} is {(on ? "on" : "off")}.", ct);
        return CommandEnd.Done;
    }

    private async Task<CommandEnd> FormatAsync(string rest, CancellationToken ct)
    {
        string[] words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["format", "aligned" or "csv" or "json"])
        {
            return await FailAsync("write \\pset format aligned, \\pset format csv or \\pset format json.", ct);
        }

        settings.Format = Enum.Parse<ResultFormat>(words[1], ignoreCase: true);
        return CommandEnd.Done;
    }

    private async Task<CommandEnd> ExportAsync(string rest, CancellationToken ct)
    {
        string format = rest.Split(' ', '\t')[0];
        string query = rest[format.Length..].Trim();
        if (format is not ("csv" or "json") || query.Length == 0)
        {
            return await FailAsync("write \\export csv QUERY or \\export json QUERY, in one line.", ct);
        }

        bool onTerminal = request.Terminal is not null;
        IResultForm form = format == "csv" ? new CsvForm(output, onTerminal) : new JsonForm(output, onTerminal);
        return await run.RunAsync(session.Server, query, form, tags: false, timing: false, ct) ? CommandEnd.Done : CommandEnd.Failed;
    }

    private async Task<CommandEnd> ConnectAsync(string? database, CancellationToken ct)
    {
        try
        {
            await session.ConnectAsync(database?.Trim('"', '`'), ct);
        }
        catch (SqlLostException refused)
        {
            return await FailAsync(refused.Message + " The connection stays where it was.", ct);
        }

        await Moved(ct);
        return await ConnectionAsync(ct);
    }

    private async Task<CommandEnd> ConnectionAsync(CancellationToken ct)
    {
        IReadOnlyList<IReadOnlyList<string?>> rows = await session.RowsAsync(_dialect.WhoAmI, ct);
        IReadOnlyList<string?> me = rows.Count > 0 ? rows[0] : ["?", "?", "?", "?"];
        await output.LineAsync(
            $"You are {Cell.Show(me[0])} in database {Cell.Show(me[1])} on {Cell.Show(me[2])}, port {Cell.Show(me[3])} ({Cell.Show(session.Server.Version)}), as {request.Account}.", ct);
        return CommandEnd.Done;
    }

    private async Task<CommandEnd> FailAsync(string why, CancellationToken ct)
    {
        await output.FlushAsync(ct);
        await error.LineAsync("pamtui: " + Text.Escape(why, 2048), ct);
        await error.FlushAsync(ct);
        return CommandEnd.Failed;
    }
}
