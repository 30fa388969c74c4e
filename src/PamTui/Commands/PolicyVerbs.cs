using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`policy …`: when credentials change by themselves.</summary>
internal static class PolicyVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Edit(context));
        noun.Add(Remove(context));
    }

    private static Argument<string> Name() => new("NAME") { Description = "The policy's name" };

    private static Verb Add(CommandContext context)
    {
        Argument<string> name = Name();
        PolicyOptions options = new(isNew: true);
        Verb verb = options.OnVerb(new Verb(
            "add",
            "Let credentials change by themselves; the gateway does it, or `pamtui rotation run`",
            "policy add monthly --on 'env=prod' --every 30d --window 'Sun 02:00-04:00 Europe/Berlin'",
            "policy add orders-app --on orders/app --every 12h --order 1 --sessions go-on --hook '/usr/local/bin/tell-app orders'",
            "policy add hands-off --on 'legacy/*' --every 30d --order 2 --state off"));
        verb.Arguments.Insert(0, name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Func<PolicyDraft?, PolicyDraft>> read = options.Read(run, run.Value(name) ?? "");
            if (read.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<RotationPolicy> added = await product.Policies.AddAsync(run.Actor, read.Value(null), ct);
            return Answer(run, added, "Added");
        });
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Verb verb = new("list", "List rotation policies, in the order in which they hold", "policy list", "policy list --json");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<RotationPolicy>> all = await product.Policies.ListAsync(run.Actor, ct);
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, PolicyShapes.Write));
                return default(Done);
            }

            Table table = new("order", "name", "on", "state", "every", "window", "sessions", "hook");
            foreach (RotationPolicy policy in all.Value)
            {
                RotationTerms terms = policy.Terms;
                table.Add(
                    ResourceVerbs.Plain(policy.Order), policy.Name, policy.Target, PolicyShapes.StateOf(terms), Duration.Of(terms.Interval), terms.Window?.Text, PolicyShapes.SessionsOf(terms), terms.Hook?.ToString());
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("show", "Show one policy, and for how many accounts it holds", "policy show monthly");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<(RotationPolicy Policy, long Accounts)> found = await product.Policies.FindAsync(run.Actor, run.Value(name) ?? "", ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            (RotationPolicy policy, long accounts) = found.Value;
            if (run.Json)
            {
                run.WriteJson(json => PolicyShapes.Write(json, policy, accounts));
                return default(Done);
            }

            RotationTerms terms = policy.Terms;
            Table.WriteFields(
                run.Out,
                ("Policy", policy.Name),
                ("Order", ResourceVerbs.Plain(policy.Order)),
                ("On", policy.Target),
                ("State", PolicyShapes.StateOf(terms)),
                ("Every", Duration.Of(terms.Interval)),
                ("Window", terms.Window is { IsKnown: false } unknown ? unknown.Text + " (this machine does not know that zone, so it never opens)" : terms.Window?.Text ?? "any time"),
                ("Jitter", Duration.Of(terms.Jitter)),
                ("Sessions", PolicyShapes.SessionsOf(terms)),
                ("By", terms.ByItself ? "the account itself" : "the resource's rotation account, else the account itself"),
                ("After reveal", terms.AfterReveal is { } wait ? Duration.Of(wait) : "never"),
                ("Hook", terms.Hook?.ToString()),
                ("Accounts", ResourceVerbs.Plain(accounts)),
                ("Changed", Shapes.Time(policy.Updated)));
            return default(Done);
        });
        return verb;
    }

    private static Verb Edit(CommandContext context)
    {
        Argument<string> name = Name();
        PolicyOptions options = new(isNew: false);
        Verb verb = options.OnVerb(new Verb("edit", "Change a policy; what is not given stays", "policy edit monthly --every 14d --window ''", "policy edit orders-app --state off"));
        verb.Arguments.Insert(0, name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Func<PolicyDraft?, PolicyDraft>> read = options.Read(run, run.Value(name) ?? "");
            return read.Refusal is { } refusal ? refusal : Answer(run, await product.Policies.EditAsync(run.Actor, run.Value(name) ?? "", read.Value, ct), "Changed");
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("remove", "Remove a policy; the credentials stay as they are", "policy remove monthly");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string given = run.Value(name) ?? "";
            Result<Done> sure = await run.ConfirmAsync("policy", given, ct);
            return sure.IsOk ? run.Say(await product.Policies.RemoveAsync(run.Actor, given, ct), $"Removed the policy {given}.") : sure;
        });
        return verb;
    }

    private static Result<Done> Answer(Invocation run, Result<RotationPolicy> policy, string what)
    {
        if (policy.IsOk && run.Json)
        {
            run.WriteJson(json => PolicyShapes.Write(json, policy.Value));
            return default(Done);
        }

        return run.Say(policy, policy.IsOk ? $"{what} the policy {policy.Value.Name}: {policy.Value.Target} every {Duration.Of(policy.Value.Terms.Interval)}, order {policy.Value.Order}." : "");
    }
}
