using System.CommandLine;
using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Commands;

internal static class GrantVerbs
{
    // Accounts that a preview names.
    private const int Named = 5;

    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Edit(context));
        noun.Add(Remove(context));
        noun.Add(Explain(context));
    }

    private static Verb Add(CommandContext context)
    {
        Argument<string> grantee = new("USER|group:G") { Description = "Who: a user's name, or group:NAME" };
        Argument<string> target = new("TARGET") { Description = "Which accounts: RESOURCE/ACCOUNT, RESOURCE/*, or a filter; to forward a RESOURCE" };
        Option<string[]> can = new("--can") { Description = "connect, manage, reveal, audit, forward; separated by commas", HelpName = "CAPABILITY", Required = true };
        Option<string?> from = new("--from") { Description = "The first moment (2026-12-31, 2026-12-31T18:00Z); without it now", HelpName = "TIME" };
        Option<string?> until = new("--until") { Description = "The first moment at which it no longer holds, or how long from now (8h, 30m, 7d)", HelpName = "TIME" };
        Option<bool> readOnly = new("--read-only") { Description = "Connect for reading only: databases only, only with connect and audit" };
        Option<string[]> to = To("Where to forward raw TCP to, with --can forward; several with commas, or several times. Never a resource of the vault");
        Option<bool> dry = new("--dry-run") { Description = "Only say what it would reach now" };
        Verb verb = new(
            "add",
            "Let a user or group do something on accounts",
            "grant add bob web-1/deploy --can connect",
            "grant add group:payments 'team=payments -env=prod' --can connect,reveal --until 2026-12-31",
            "grant add bob 'web-1/*' --can connect --until 8h",
            "grant add bob production-database/app --can connect --read-only",
            "grant add bob web-1 --can forward --to wiki.corp:443,10.0.0.5:9100 --until 8h",
            "grant add group:payments 'team=payments' --can connect --dry-run");
        verb.Add(grantee);
        verb.Add(target);
        verb.Add(can);
        verb.Add(from);
        verb.Add(until);
        verb.Add(readOnly);
        verb.Add(to);
        verb.Add(dry);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Capability> capabilities = Capabilities(run.Value(can));
            Result<IReadOnlyList<HostPort>> places = Places(run.Value(to));
            if ((capabilities.Refusal ?? places.Refusal) is { } none)
            {
                return none;
            }

            DateTimeOffset now = run.Context.Time.GetUtcNow();
            Result<DateTimeOffset?> begin = Moments.Future(run.Value(from), "--from", now);
            Result<DateTimeOffset?> end = Moments.Future(run.Value(until), "--until", now);
            if ((begin.Refusal ?? end.Refusal) is { } refusal)
            {
                return refusal;
            }

            GrantDraft draft = new(run.Value(grantee) ?? "", run.Value(target) ?? "", capabilities.Value, begin.Value, end.Value) { ReadOnly = run.Value(readOnly), ForwardTo = places.Value };
            if (run.Value(dry))
            {
                return await PreviewAsync(run, product, draft, ct);
            }

            Result<Grant> added = await product.Grants.AddAsync(run.Actor, draft, ct);
            if (added.Refusal is { } refused)
            {
                return refused;
            }

            return Answer(run, added.Value, "Added");
        });
        return verb;
    }

    private static Verb Edit(CommandContext context)
    {
        Argument<string> id = Id();
        Option<string?> until = new("--until") { Description = "The first moment at which it no longer holds, how long from now (8h, 30m, 7d), or never", HelpName = "TIME" };
        Option<string[]> can = new("--can") { Description = "All it lets its people do from now on", HelpName = "CAPABILITY" };
        Option<string[]> to = To("All places that it lets forward to from now on");
        Verb verb = new(
            "edit",
            "Give a grant another end, or let its people do other things",
            "grant edit 7 --until 2026-12-31",
            "grant edit 7 --until never",
            "grant edit 7 --can connect,reveal",
            "grant edit 8 --to wiki.corp:443");
        verb.Add(id);
        verb.Add(until);
        verb.Add(can);
        verb.Add(to);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<long> number = Number(run, id);
            Result<DateTimeOffset?> end = run.Value(until) == "never" ? (DateTimeOffset?)null : Moments.Future(run.Value(until), "--until", run.Context.Time.GetUtcNow());
            Result<Capability> capabilities = run.Has(can) ? Capabilities(run.Value(can)) : Capability.None;
            Result<IReadOnlyList<HostPort>> places = Places(run.Value(to));
            if ((number.Refusal ?? end.Refusal ?? capabilities.Refusal ?? places.Refusal) is { } bad)
            {
                return bad;
            }

            if (!run.Has(can) && !run.Has(until) && !run.Has(to))
            {
                return Refusal.Invalid("Say what is to change: --until TIME, --can CAPABILITY, --to HOST:PORT.");
            }

            GrantChange change = new(run.Has(can) ? capabilities.Value : null, run.Has(until), end.Value) { ForwardTo = run.Has(to) ? places.Value : null };
            Result<Grant> edited = await product.Grants.EditAsync(run.Actor, number.Value, change, ct);
            return edited.Refusal is { } refusal ? refusal : Answer(run, edited.Value, "Changed");
        });
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Option<string?> grantee = new("--for") { Description = "Only those of this user or group:NAME itself", HelpName = "USER|group:G" };
        Option<string?> user = new("--user") { Description = "Only those of this user and of the user's groups", HelpName = "USER" };
        Option<string?> on = new("--on") { Description = "Only those that reach this account, or an account of this resource", HelpName = "RESOURCE[/ACCOUNT]" };
        Option<bool> holding = new("--holding") { Description = "Not those that have ended or have not begun" };
        Argument<string?> filter = new("FILTER") { Description = "Terms over who, on, can, by; a bare word is searched in all but can", Arity = ArgumentArity.ZeroOrOne };
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List grants", "grant list", "grant list 'can=reveal -by=alice'", "grant list --for group:payments --json", "grant list --on web-1/deploy --holding", "grant list --user bob"));
        verb.Add(filter);
        foreach (Option option in (Option[])[grantee, user, on, holding])
        {
            verb.Add(option);
        }

        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            (string? resource, AccountRef? account) = (run.Value(on), null);
            if (resource?.Contains('/', StringComparison.Ordinal) == true)
            {
                Result<AccountRef> parsed = AccountRef.Parse(resource);
                if (parsed.Refusal is { } bad)
                {
                    return bad;
                }

                (resource, account) = (null, parsed.Value);
            }

            GrantQuery query = new(run.Value(grantee), run.Value(user), account, resource, run.Value(holding), run.Value(filter) ?? "");
            Result<IReadOnlyList<Grant>> all = await lists.ReadAsync(run, page => product.Grants.SearchAsync(run.Actor, query, page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, Shapes.Write));
                return default(Done);
            }

            Table table = new("id", "who", "on", "can", "from", "until", "by");
            foreach (Grant grant in all.Value)
            {
                table.Add(
                    ResourceVerbs.Plain(grant.Id), grant.Grantee, grant.Target, grant.Rights.Replace(", ", ",", StringComparison.Ordinal), Shapes.Time(grant.From), Shapes.Time(grant.Until), grant.CreatedBy);
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Argument<string> Id() => new("ID") { Description = "The grant's number, as `grant list` prints it" };

    private static Result<long> Number(Invocation run, Argument<string> id) => long.TryParse(run.Value(id), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : Refusal.Invalid($"{Text.Quote(run.Value(id) ?? "")} is not a grant's number: `grant list` prints them.");

    private static Result<Done> Answer(Invocation run, Grant grant, string what)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, grant));
            return default(Done);
        }

        return run.Say<Grant>(grant, $"{what} the grant {grant.Id}: {Sentence(grant)}.");
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> id = Id();
        Verb verb = new("remove", "Take a grant back; sessions that stand on it end within seconds", "grant remove 7");
        verb.Add(id);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<long> number = Number(run, id);
            if (number.Refusal is { } bad)
            {
                return bad;
            }

            Result<Done> sure = await run.ConfirmAsync("grant", ResourceVerbs.Plain(number.Value), ct);
            return sure.IsOk ? run.Say(await product.Grants.RemoveAsync(run.Actor, number.Value, ct), $"Removed the grant {number.Value}.") : sure;
        });
        return verb;
    }

    private static Verb Explain(CommandContext context)
    {
        Argument<string> user = new("USER") { Description = "The user's name" };
        Argument<string> reference = new("RESOURCE/NAME|HOST:PORT") { Description = "The account, or where to forward to" };
        Verb verb = new("explain", "Say what a user may do on an account, or whether he may forward somewhere, and by which grant", "grant explain bob web-1/deploy", "grant explain bob wiki.corp:443");
        verb.Add(user);
        verb.Add(reference);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string typed = run.Value(reference) ?? "";
            Result<GrantExplanation> explained = typed.Contains(':', StringComparison.Ordinal)
                ? await ExplainForwardAsync(run, product, run.Value(user) ?? "", typed, ct)
                : await ExplainAsync(run, product, run.Value(user) ?? "", typed, ct);
            if (explained.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, explained.Value);
            return default(Done);
        });
        return verb;
    }

    private static async Task<Result<GrantExplanation>> ExplainAsync(Invocation run, Core.Product product, string user, string typed, CancellationToken ct)
    {
        Result<AccountRef> account = AccountRef.Parse(typed);
        return account.Refusal is { } bad ? bad : await product.Grants.ExplainAsync(run.Actor, user, account.Value, ct);
    }

    private static async Task<Result<GrantExplanation>> ExplainForwardAsync(Invocation run, Core.Product product, string user, string typed, CancellationToken ct)
    {
        Result<HostPort> place = HostPort.Parse(typed);
        return place.Refusal is { } bad ? bad : await product.Grants.ExplainForwardAsync(run.Actor, user, place.Value, ct);
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

    private static async Task<Result<Done>> PreviewAsync(Invocation run, Core.Product product, GrantDraft draft, CancellationToken ct)
    {
        Result<GrantReach> reach = await product.Grants.PreviewAsync(run.Actor, draft.On, run.Json ? PageRequest.MaxLimit : Named, ct);
        if (reach.Refusal is { } bad)
        {
            return bad;
        }

        // To forward is nothing that is done with accounts.
        GrantReach found = draft.Capabilities == Capability.Forward ? new GrantReach(0, []) : reach.Value;
        if (run.Json)
        {
            run.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("count", found.Count);
                Shapes.WriteStrings(json, "accounts", found.First.Select(account => account.ToString()));
                Shapes.WriteStrings(json, "forwardTo", draft.ForwardTo.Select(place => place.ToString()));
                json.WriteEndObject();
            });
            return default(Done);
        }

        string more = found.Count > found.First.Count ? ", …" : "";
        run.Out.WriteLine($"It would reach {(draft.ForwardTo.Count == 0 ? "" : string.Join(", ", draft.ForwardTo) + " by forwarding, and ")}{(found.Count == 1 ? "1 account" : $"{ResourceVerbs.Plain(found.Count)} accounts")} now{(found.Count == 0 ? "" : ": " + string.Join(", ", found.First) + more)}.");
        return default(Done);
    }

    private static Result<Capability> Capabilities(string[]? typed)
    {
        Capability all = Capability.None;
        foreach (string word in (typed ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Parse(word) is not { } one)
            {
                return Refusal.Invalid($"{Text.Quote(word)} is nothing that can be granted: use connect, manage, reveal, audit or forward.", "can");
            }

            all |= one;
        }

        return all;
    }

    private static Option<string[]> To(string description) => new("--to") { Description = description, HelpName = "HOST:PORT" };

    private static Result<IReadOnlyList<HostPort>> Places(string[]? typed)
    {
        List<HostPort> places = [];
        foreach (string text in (typed ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            Result<HostPort> place = HostPort.Parse(text);
            if (place.Refusal is { } bad)
            {
                return bad;
            }

            places.Add(place.Value);
        }

        return Result.Ok<IReadOnlyList<HostPort>>(places);
    }

    private static Capability? Parse(string word) => Words.Parse<Capability>(word, one => one == Capability.None ? "" : Words.Of(one)) is { } found and not Capability.None ? found : null;

    private static string Sentence(Grant grant)
    {
        string until = grant.Until is { } end ? $", until {Shapes.Time(end)}" : "";
        return $"{grant.Grantee} can {grant.Rights} on {grant.Target}{until}";
    }
}
