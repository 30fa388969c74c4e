using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class AttentionVerb
{
    private const int Usual = 10;

    public static Verb Build(CommandContext context)
    {
        Option<string?> first = new("--first") { Description = $"Name so many accounts of each kind; {Usual} without it", HelpName = "N" };
        Verb verb = new("attention", "What needs somebody to look at it, among the accounts you may see", "attention", "attention --first 100 --json");
        verb.Add(first);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<int?> count = Inputs.Number(run.Value(first), "--first", 1, Attention.MaxFirst);
            if (count.Refusal is { } bad)
            {
                return bad;
            }

            Result<IReadOnlyList<AttentionGroup>> groups = await product.Attention.ListAsync(run.Actor, count.Value ?? Usual, ct);
            if (groups.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, groups.Value);
            return default(Done);
        });
        return verb;
    }

    private static void Print(Invocation run, IReadOnlyList<AttentionGroup> groups)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, groups, (writer, group) =>
            {
                writer.WriteStartObject();
                writer.WriteString("kind", WordOf(group.Kind));
                writer.WriteString("message", SentenceOf(group.Kind));
                writer.WriteString("filter", group.Filter);
                writer.WriteNumber("count", group.Count);
                writer.WritePropertyName("accounts");
                Shapes.WriteList(writer, group.First, Shapes.Write);
                writer.WriteEndObject();
            }));
            return;
        }

        if (groups.Count == 0)
        {
            run.Out.WriteLine("Nothing needs attention.");
        }

        foreach (AttentionGroup group in groups)
        {
            run.Out.WriteLine($"{ResourceVerbs.Plain(group.Count)} {WordOf(group.Kind)}: {SentenceOf(group.Kind)}");
            foreach (Account account in group.First)
            {
                run.Out.WriteLine("  " + account.Reference + (WhyOf(group.Kind, account) is { } why ? ": " + Text.Escape(why, 512) : ""));
            }

            if (group.Count > group.First.Count)
            {
                run.Out.WriteLine(group.Filter is { } filter ? $"  … `pamtui account list {filter}` lists them all" : "  …");
            }
        }
    }

    private static string WordOf(AttentionKind kind) => kind switch
    {
        AttentionKind.TwoCredentials => "needs-attention",
        AttentionKind.Rejected => "rejected",
        AttentionKind.RotationStopped => "rotation-stopped",
        AttentionKind.Unreachable => "unreachable",
        AttentionKind.RotationFailing => "rotation-failing",
        AttentionKind.RotationOverdue => "rotation-overdue",
        AttentionKind.NeverRotated => "never-rotated",
        AttentionKind.Unverified => "unverified",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string SentenceOf(AttentionKind kind) => kind switch
    {
        AttentionKind.TwoCredentials => "neither of two credentials signs in (`pamtui account rotation resolve`)",
        AttentionKind.Rejected => "the target does not let it in (`pamtui account check` tries again)",
        AttentionKind.RotationStopped => "its rotation failed too often and is not tried any more (`pamtui account rotate` tries again)",
        AttentionKind.Unreachable => "the target could not be reached, or did not show that it is the one meant",
        AttentionKind.RotationFailing => "its rotation failed and is tried again",
        AttentionKind.RotationOverdue => "its credential is older than its policy allows",
        AttentionKind.NeverRotated => "its policy has never rotated it (`pamtui account show` says what it waits for)",
        AttentionKind.Unverified => "nobody has signed in with it as it is now (`pamtui account check`)",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string? WhyOf(AttentionKind kind, Account account) => kind switch
    {
        AttentionKind.Rejected or AttentionKind.Unreachable => account.LastCheckError,
        AttentionKind.Unverified => null,
        _ => account.Rotation.Error,
    };
}
