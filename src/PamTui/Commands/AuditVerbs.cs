using System.CommandLine;
using PamTui.Core.Audit;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class AuditVerbs
{
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
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List the audit, newest first", "audit list --limit 50", "audit list 'action=account.reveal actor=alice' --json"));
        verb.Add(filter);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<AuditRow>> rows = await lists.ReadAsync(run, page => product.Audit.ListAsync(run.Actor, run.Value(filter) ?? "", page, ct));
            if (rows.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, rows.Value);
            return default(Done);
        });
        return verb;
    }

    private static Verb Verify(CommandContext context)
    {
        Verb verb = new("verify", "Follow the hash chain from the first row to the last: finds an edited, dropped or reordered row", "audit verify");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<AuditVerdict> verdict = await product.Audit.VerifyAsync(run.Actor, null, ct);
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
}
