using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Rotation;

namespace PamTui.Commands;

/// <summary>`rotation run`: what a gateway does by itself, once, for those who have cron.</summary>
internal static class RoundVerbs
{
    // A machine's own cron has nothing else to do meanwhile; more at once is a burst on the targets.
    private const int AtOnce = 4;

    public static void Fill(Verb noun, CommandContext context)
    {
        Option<bool> dryRun = new("--dry-run") { Description = "Say what is due; change nothing" };
        Verb verb = new(
            "run",
            "Rotate what its policy wants rotated now, finish what was interrupted, run the hooks that are owed; ends with 1 if any failed",
            "rotation run",
            "rotation run --dry-run --json");
        verb.Add(dryRun);
        verb.RunsWithProduct(context, (run, product, ct) => run.Value(dryRun) ? ListAsync(run, product, ct) : RunAsync(run, product, ct));
        noun.Add(verb);
    }

    private static async Task<Result<Done>> ListAsync(Invocation run, Product product, CancellationToken ct)
    {
        Result<IReadOnlyList<DueRotation>> due = await product.RotationRounds.DueAsync(run.Actor, ct);
        if (due.Refusal is { } refusal)
        {
            return refusal;
        }

        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, due.Value, (writer, one) =>
            {
                writer.WriteStartObject();
                writer.WriteString("resource", one.Account.Resource);
                writer.WriteString("account", one.Account.Account);
                writer.WriteString("policy", one.Policy);
                writer.WriteBoolean("unfinished", one.Unfinished);
                writer.WriteEndObject();
            }));
            return default(Done);
        }

        Table table = new("account", "policy", "why");
        foreach (DueRotation one in due.Value)
        {
            table.Add(one.Account.ToString(), one.Policy, one.Unfinished ? "an interrupted rotation is to be finished" : "due");
        }

        table.Write(run.Out);
        return default(Done);
    }

    private static async Task<Result<Done>> RunAsync(Invocation run, Product product, CancellationToken ct)
    {
        Result<IReadOnlyList<RoundOutcome>> round = await product.RotationRounds.RunAsync(run.Actor, AtOnce, run.Json ? null : new RoundLines(run.Out), ct);
        if (round.Refusal is { } refusal)
        {
            return refusal;
        }

        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, round.Value, (writer, one) =>
            {
                writer.WriteStartObject();
                writer.WriteString("resource", one.Account.Resource);
                writer.WriteString("account", one.Account.Account);
                writer.WriteString("error", one.Error);
                if (one.Row is { } row)
                {
                    writer.WritePropertyName("rotation");
                    RotationShapes.Write(writer, row);
                }

                RotationShapes.Write(writer, one.Hook);
                writer.WriteEndObject();
            }));
        }

        int failed = round.Value.Count(one => one.Error is not null || one.Hook is { Error: not null });
        return failed == 0 ? default(Done) : Refusal.Failed($"{failed} of {round.Value.Count} did not come to their end: `pamtui account show` says why, and the next run tries again when it is time.");
    }
}
