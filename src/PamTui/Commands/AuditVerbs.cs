using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Audit;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class AuditVerbs
{
    private const int LinesBefore = 10;

    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(List(context));
        noun.Add(Verify(context));
    }

    public static void Print(Invocation run, IReadOnlyList<AuditRow> rows)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, rows, Shapes.Write));
            return;
        }

        Table table = new("#", "at", "who", "from", "action", "target", "details");
        foreach (AuditRow row in rows)
        {
            table.Add(ResourceVerbs.Plain(row.Sequence), Shapes.Time(row.At), row.Actor, row.Source, row.Action, row.Target, row.Details);
        }

        table.Write(run.Out);
    }

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = new("FILTER") { Description = "Terms over actor, source, action, target and details, such as action=account.reveal or actor=alice", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> follow = new("--follow") { Description = "Go on with what is written from now on, oldest first, until Ctrl-C" };
        Lists lists = new();
        PeriodOptions period = new();
        Verb verb = period.On(lists.On(new Verb(
            "list",
            "List the audit, newest first",
            "audit list --limit 50",
            "audit list 'action=account.reveal actor=alice' --since 7d --json",
            "audit list target=web-1/deploy --until 2026-12-31",
            "audit list action~signin --follow")));
        verb.Add(filter);
        verb.Add(follow);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<(DateTimeOffset? Since, DateTimeOffset? Until)> when = period.Read(run);
            if (when.Refusal is { } bad)
            {
                return bad;
            }

            AuditQuery query = new(run.Value(filter) ?? "", when.Value.Since, when.Value.Until);
            if (run.Value(follow))
            {
                return await run.UntilStoppedAsync(stop => FollowAsync(run, product, query, lists, stop), ct);
            }

            Result<IReadOnlyList<AuditRow>> rows = await lists.ReadAsync(run, page => product.Audit.SearchAsync(run.Actor, query, page, ct));
            if (rows.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, rows.Value);
            return default(Done);
        });
        return verb;
    }

    // As `tail -f`: the last few, then what comes, a line each.
    private static async Task<Result<Done>> FollowAsync(Invocation run, Product product, AuditQuery query, Lists lists, CancellationToken ct)
    {
        Result<IReadOnlyList<AuditRow>> before = await lists.ReadAsync(run, page => product.Audit.SearchAsync(run.Actor, query, page, ct), LinesBefore);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        await TellAsync(run, before.Value.Reverse(), ct);
        long last = before.Value.Count > 0 ? before.Value[0].Sequence : 0;
        await foreach (Result<IReadOnlyList<AuditRow>> rows in product.Audit.FollowAsync(run.Actor, query, last, ct))
        {
            if (rows.Refusal is { } no)
            {
                return no;
            }

            await TellAsync(run, rows.Value, ct);
        }

        return default(Done);
    }

    private static async Task TellAsync(Invocation run, IEnumerable<AuditRow> rows, CancellationToken ct)
    {
        foreach (AuditRow row in rows)
        {
            if (run.Json)
            {
                run.WriteJsonLine(json => Shapes.Write(json, row));
            }
            else
            {
                run.Out.WriteLine(Text.Escape($"{row.Sequence} {Shapes.Time(row.At)} {row.Actor} {row.Source} {row.Action} {row.Target} {row.Details}".TrimEnd(), AuditDetails.MaxLength));
            }
        }

        await run.Out.FlushAsync(ct);
    }

    private static Verb Verify(CommandContext context)
    {
        Verb verb = new("verify", "Follow the hash chain from the first row to the last: finds an edited, dropped or reordered row", "audit verify");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<AuditVerdict> verdict = await product.Audit.VerifyAsync(run.Actor, context.OnTerminal ? new ProgressLine(run.Error) : null, ct);
            if (verdict.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.Write(json, verdict.Value));
            }

            return verdict.Value.IsWhole
                ? run.Say(verdict, verdict.Value.Message)
                : Refusal.Failed(verdict.Value.Message);
        });
        return verb;
    }

    // One line that is written over; the answer follows below it.
    private sealed class ProgressLine(TextWriter error) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value)
        {
            bool isEnd = value.Rows >= value.Total;
            error.Write($"\r{value.Rows} of {Math.Max(value.Rows, value.Total)} rows{(isEnd ? error.NewLine : "")}");
        }
    }
}
