using System.CommandLine;
using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Commands;

internal static class GrantVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Remove(context));
        noun.Add(Explain(context));
    }

    private static Verb Add(CommandContext context)
    {
        Argument<string> grantee = new("USER|group:G") { Description = "Who: a user's name, or group:NAME" };
        Argument<string> target = new("TARGET") { Description = "Which accounts: RESOURCE/ACCOUNT, RESOURCE/*, or a filter" };
        Option<string[]> can = new("--can") { Description = "connect, manage, reveal, audit; separated by commas", HelpName = "CAPABILITY", Required = true };
        Option<string?> from = new("--from") { Description = "The first moment (2026-12-31, 2026-12-31T18:00Z); without it now", HelpName = "TIME" };
        Option<string?> until = new("--until") { Description = "The first moment at which it no longer holds, or how long from now (8h, 30m, 7d)", HelpName = "TIME" };
        Verb verb = new(
            "add",
            "Let a user or group do something on accounts",
            "grant add bob web-1/deploy --can connect",
            "grant add group:payments 'team=payments -env=prod' --can connect,reveal --until 2026-12-31",
            "grant add bob 'web-1/*' --can connect --until 8h");
        verb.Add(grantee);
        verb.Add(target);
        verb.Add(can);
        verb.Add(from);
        verb.Add(until);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Capability capabilities = Capability.None;
            foreach (string word in (run.Value(can) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            {
                if (Parse(word) is not { } one)
                {
                    return Refusal.Invalid($"{Text.Quote(word)} is nothing that can be granted: use connect, manage, reveal or audit.", "can");
                }

                capabilities |= one;
            }

            DateTimeOffset now = run.Context.Time.GetUtcNow();
            Result<DateTimeOffset?> begin = Moment(run.Value(from), "--from", now);
            Result<DateTimeOffset?> end = Moment(run.Value(until), "--until", now);
            if ((begin.Refusal ?? end.Refusal) is { } refusal)
            {
                return refusal;
            }

            Result<Grant> added = await product.Grants.AddAsync(run.Actor, new GrantDraft(run.Value(grantee) ?? "", run.Value(target) ?? "", capabilities, begin.Value, end.Value), ct);
            if (added.Refusal is { } refused)
            {
                return refused;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.Write(json, added.Value));
                return default(Done);
            }

            return run.Say(added, $"Added the grant {added.Value.Id}: {Sentence(added.Value)}.");
        });
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Option<string?> grantee = new("--for") { Description = "Only those of this user or group:NAME", HelpName = "USER|group:G" };
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List grants", "grant list", "grant list --for bob --json"));
        verb.Add(grantee);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<Grant>> all = await lists.ReadAsync(run, page => product.Grants.ListAsync(run.Actor, page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            IReadOnlyList<Grant> grants = run.Value(grantee) is { } who ? [.. all.Value.Where(grant => grant.Grantee == who)] : all.Value;
            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, grants, Shapes.Write));
                return default(Done);
            }

            Table table = new("id", "who", "on", "can", "from", "until", "by");
            foreach (Grant grant in grants)
            {
                table.Add(
                    ResourceVerbs.Plain(grant.Id), grant.Grantee, grant.Target, string.Join(',', Shapes.Words(grant.Capabilities)), Shapes.Time(grant.From), Shapes.Time(grant.Until), grant.CreatedBy);
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> id = new("ID") { Description = "The grant's number, as `grant list` prints it" };
        Verb verb = new("remove", "Take a grant back; sessions that stand on it end within seconds", "grant remove 7");
        verb.Add(id);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            if (!long.TryParse(run.Value(id), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return Refusal.Invalid($"{Text.Quote(run.Value(id) ?? "")} is not a grant's number: `grant list` prints them.");
            }

            Result<Done> sure = await run.ConfirmAsync("grant", ResourceVerbs.Plain(number), ct);
            return sure.IsOk ? run.Say(await product.Grants.RemoveAsync(run.Actor, number, ct), $"Removed the grant {number}.") : sure;
        });
        return verb;
    }

    private static Verb Explain(CommandContext context)
    {
        Argument<string> user = new("USER") { Description = "The user's name" };
        Argument<string> reference = new("RESOURCE/NAME") { Description = "The account" };
        Verb verb = new("explain", "Say what a user may do on an account, and by which grant", "grant explain bob web-1/deploy");
        verb.Add(user);
        verb.Add(reference);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<AccountRef> account = AccountRef.Parse(run.Value(reference) ?? "");
            if (account.Refusal is { } bad)
            {
                return bad;
            }

            Result<GrantExplanation> explained = await product.Grants.ExplainAsync(run.Actor, run.Value(user) ?? "", account.Value, ct);
            if (explained.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, explained.Value);
            return default(Done);
        });
        return verb;
    }

    private static void Print(Invocation run, GrantExplanation explanation)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, explanation));
        }
        else
        {
            run.Out.WriteLine(Text.Escape(explanation.Sentence, 1024));
            foreach (GrantReason reason in explanation.Reasons)
            {
                run.Out.WriteLine("  " + Text.Escape($"{(reason.Holds ? "+" : "-")} grant {reason.Grant.Id}: {Sentence(reason.Grant)}; {reason.Why}", 1024));
            }
        }
    }

    private static Capability? Parse(string word) => Words.Parse<Capability>(word, one => one == Capability.None ? "" : Words.Of(one)) is { } found and not Capability.None ? found : null;

    private static string Sentence(Grant grant)
    {
        string until = grant.Until is { } end ? $", until {Shapes.Time(end)}" : "";
        return $"{grant.Grantee} can {string.Join(", ", Shapes.Words(grant.Capabilities))} on {grant.Target}{until}";
    }

    /// <summary>A date (midnight UTC), a time in UTC or with an offset, or a span from now.</summary>
    internal static Result<DateTimeOffset?> Moment(string? text, string option, DateTimeOffset now)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];
        if (text is null)
        {
            return (DateTimeOffset?)null;
        }

        if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, utc, out DateTimeOffset at))
        {
            return at;
        }

        // At most ten years: more is a typing error, and its sum with now must be a date.
        const int mostMinutes = 10 * 366 * 24 * 60;
        int unit = text.Length < 2 ? 0 : text[^1] switch
        {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => 0,
        };
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 && count <= mostMinutes / unit
            ? now.AddMinutes((double)count * unit)
            : Refusal.Invalid($"{option} takes a time such as 2026-12-31, 2026-12-31T18:00Z, 8h, 30m or 7d, not {Text.Quote(text)}.", option.TrimStart('-'));
    }
}
