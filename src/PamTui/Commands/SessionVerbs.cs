using System.CommandLine;
using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Commands;

internal static class SessionVerbs
{
    private const int LastStatements = 5;

    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Kill(context));
        noun.Add(SessionWatchVerb.Build(context));
        noun.Add(SessionStatementsVerb.Build(context));
    }

    public static Argument<string> Id() => new("ID") { Description = "The session's number, as `session list` prints it" };

    public static Result<long> Read(Invocation run, Argument<string> id) =>
        long.TryParse(run.Value(id), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : Refusal.Invalid($"{Text.Quote(run.Value(id) ?? "")} is not a session's number: `session list` prints them.");

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = Filter();
        Option<bool> live = new("--live") { Description = "Only those that are open now" };
        Lists lists = new();
        PeriodOptions period = new();
        Verb verb = period.On(lists.On(new Verb(
            "list",
            "List sessions, newest first",
            "session list --live",
            "session list 'user=bob endReason~killed' --since 7d",
            "session list resource=web-1 --limit 20 --json")));
        verb.Add(filter);
        verb.Add(live);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<(DateTimeOffset? Since, DateTimeOffset? Until)> when = period.Read(run);
            if (when.Refusal is { } bad)
            {
                return bad;
            }

            SessionQuery query = new(run.Value(filter) ?? "", run.Value(live), when.Value.Since, when.Value.Until);
            Result<IReadOnlyList<SessionRecord>> all = await lists.ReadAsync(run, page => product.Sessions.SearchAsync(run.Actor, query, page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, Shapes.Write));
            }
            else
            {
                Print(run, all.Value);
            }

            return default(Done);
        });
        return verb;
    }

    public static Argument<string?> Filter() => new("FILTER")
    {
        Description = "Terms over user, account, resource, forward, source and endReason, such as user=bob or endReason~killed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static void Print(Invocation run, IReadOnlyList<SessionRecord> sessions)
    {
        Table table = new("id", "user", "account", "source", "started", "ended", "in", "out", "end");
        foreach (SessionRecord session in sessions)
        {
            table.Add(
                ResourceVerbs.Plain(session.Id),
                session.User,
                session.Target,
                session.Source,
                Shapes.Time(session.Started),
                Shapes.Time(session.Ended) ?? "live",
                ResourceVerbs.Plain(session.BytesIn),
                ResourceVerbs.Plain(session.BytesOut),
                session.EndReason);
        }

        table.Write(run.Out);
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> id = Id();
        Verb verb = new("show", "Show one session, and the last of what it asked of a database", "session show 42");
        verb.Add(id);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<long> number = Read(run, id);
            if (number.Refusal is { } bad)
            {
                return bad;
            }

            Result<SessionRecord> found = await product.Sessions.FindAsync(run.Actor, number.Value, ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            SessionRecord session = found.Value;
            Result<StatementSummary> log = await product.Statements.SummaryAsync(run.Actor, session.Id, ct);
            if (run.Json)
            {
                run.WriteJson(json => Shapes.Write(json, session, log.IsOk ? log.Value : null));
                return log.Refusal is { } damaged ? damaged : default(Done);
            }

            Table.WriteFields(
                run.Out,
                ("Session", ResourceVerbs.Plain(session.Id)),
                ("User", session.User),
                session.ForwardTo is null ? ("Account", session.Target) : ("Forward", session.Target),
                ("Source", session.Source),
                ("Access", session.ReadOnly ? "read-only" : null),
                ("Started", Shapes.Time(session.Started)),
                ("Ended", Shapes.Time(session.Ended) ?? "live"),
                ("End", session.EndReason),
                ("Bytes in", ResourceVerbs.Plain(session.BytesIn)),
                ("Bytes out", ResourceVerbs.Plain(session.BytesOut)));
            return log.Refusal is { } changed ? changed : await LastAsync(run, product, session.Id, log.Value, ct);
        });
        return verb;
    }

    private static async Task<Result<Done>> LastAsync(Invocation run, Core.Product product, long session, StatementSummary log, CancellationToken ct)
    {
        if (log.Statements == 0)
        {
            return default(Done);
        }

        PageRequest last = new((int)Math.Clamp(log.Statements - LastStatements, 0, int.MaxValue), LastStatements);
        Result<StatementPage> read = await product.Statements.ReadAsync(run.Actor, session, new StatementQuery(), last, ct);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        string more = log.Statements > read.Value.Page.Items.Count ? $"; `session statements {session}` shows all of them" : "";
        run.Out.WriteLine($"Statements  {log.Statements}{(log.Errors > 0 ? $", {log.Errors} with an error" : "")}{more}");
        foreach (LoggedStatement statement in read.Value.Page.Items)
        {
            SessionStatementsVerb.Print(run, statement);
        }

        if (StatementText.Note(read.Value.Session, read.Value.Summary) is { } note)
        {
            run.Out.WriteLine(note);
        }

        return default(Done);
    }

    private static Verb Kill(CommandContext context)
    {
        Argument<string> id = Id();
        Option<string?> reason = new("--reason") { Description = "Why; the person at its end reads it", HelpName = "TEXT" };
        Verb verb = new("kill", "End a session within seconds, on whichever gateway it runs", "session kill 42 --reason 'maintenance'");
        verb.Add(id);
        verb.Add(reason);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<long> number = Read(run, id);
            return number.Refusal is { } bad
                ? bad
                : run.Say(await product.Sessions.KillAsync(run.Actor, number.Value, run.Value(reason) ?? "", ct), $"The session {number.Value} ends within seconds.");
        });
        return verb;
    }
}
