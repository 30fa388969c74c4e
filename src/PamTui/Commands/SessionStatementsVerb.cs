using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Commands;

/// <summary>`session statements`: what a session asked of its database, a part of the log at a time, so that no log is too large to be printed.</summary>
internal static class SessionStatementsVerb
{
    private const int PartOfLog = 100;
    private const int MaxLine = 2048;

    public static Verb Build(CommandContext context)
    {
        Argument<string> id = SessionVerbs.Id();
        Option<string?> text = new("--text") { Description = "Only those that hold it: in the statement, a value or the error code", HelpName = "TEXT" };
        Option<bool> errors = new("--errors") { Description = "Only those that the database refused" };
        Option<bool> follow = new("--follow", "-f") { Description = "Then go on with those that come, until the session or Ctrl-C ends it" };
        Lists lists = new();
        Verb verb = lists.On(new Verb(
            "statements",
            "Show what a session asked of its database, with bound values; that you read it is written to the audit",
            "session statements 42",
            "session statements 42 --errors",
            "session statements 42 --text orders --json | jq '.[].text'",
            "session statements 42 --follow"));
        verb.Add(id);
        verb.Add(text);
        verb.Add(errors);
        verb.Add(follow);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<long> number = SessionVerbs.Read(run, id);
            Result<(int At, int Left)> part = lists.Part(run);
            if ((number.Refusal ?? part.Refusal) is { } bad)
            {
                return bad;
            }

            StatementQuery query = new(run.Value(text) ?? "", run.Value(errors));
            return run.Value(follow)
                ? await run.UntilStoppedAsync(stop => FollowAsync(run, product, number.Value, query, part.Value.At, stop), ct)
                : await PrintAsync(run, product, number.Value, query, part.Value, ct);
        });
        return verb;
    }

    public static void Print(Invocation run, LoggedStatement logged)
    {
        Statement statement = logged.Statement;
        string outcome = StatementText.Outcome(statement) is { Length: > 0 } said ? ", " + said : "";
        run.Out.WriteLine($"{logged.Number} {Shapes.Time(statement.At)} {StatementText.Took(statement)}{outcome}: {StatementText.Line(statement, MaxLine)}");
        if (statement.Values.Count > 0)
        {
            run.Out.WriteLine("    " + StatementText.Values(statement, MaxLine));
        }
    }

    private static async Task<Result<Done>> PrintAsync(Invocation run, Product product, long session, StatementQuery query, (int At, int Left) part, CancellationToken ct)
    {
        (int at, int left) = part;
        StatementPage? read = null;
        while (left > 0)
        {
            Result<StatementPage> some = await product.Statements.ReadAsync(run.Actor, session, query, new PageRequest(at, Math.Min(left, PartOfLog)), ct);
            if (some.Refusal is { } refusal)
            {
                return refusal;
            }

            // An array as every list, but written as it is read.
            bool isFirst = read is null;
            read = some.Value;
            run.Out.Write(run.Json && isFirst ? "[" : "");
            foreach (LoggedStatement logged in read.Page.Items)
            {
                run.Out.Write(run.Json && !isFirst ? "," : "");
                isFirst = false;
                Tell(run, logged);
            }

            await run.Out.FlushAsync(ct);
            at += read.Page.Items.Count;
            left -= read.Page.Items.Count;
            if (read.Page.Items.Count == 0 || at >= read.Page.Total)
            {
                break;
            }
        }

        if (run.Json)
        {
            run.Out.WriteLine(read is null ? "[]" : "]");
        }
        else if (read is not null && StatementText.Note(read.Session, read.Summary) is { } note)
        {
            run.Error.WriteLine(note);
        }

        return default(Done);
    }

    private static async Task<Result<Done>> FollowAsync(Invocation run, Product product, long session, StatementQuery query, long after, CancellationToken ct)
    {
        await foreach (Result<IReadOnlyList<LoggedStatement>> some in product.Statements.FollowAsync(run.Actor, session, query, after, ct))
        {
            if (some.Refusal is { } refusal)
            {
                return refusal;
            }

            foreach (LoggedStatement logged in some.Value)
            {
                Tell(run, logged);
            }

            await run.Out.FlushAsync(ct);
        }

        return default(Done);
    }

    private static void Tell(Invocation run, LoggedStatement logged)
    {
        if (run.Json)
        {
            run.WriteJsonLine(json => StatementShapes.Write(json, logged));
        }
        else
        {
            Print(run, logged);
        }
    }
}
