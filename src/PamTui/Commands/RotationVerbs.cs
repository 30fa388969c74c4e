using System.CommandLine;
using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`account rotate` and `account rotation …`.</summary>
internal static class RotationVerbs
{
    public static void Fill(Verb account, CommandContext context)
    {
        account.Add(Rotate(context));
        Verb rotation = new("rotation", "Rotations of an account: what they came to, and what a person must decide");
        rotation.Add(List(context));
        rotation.Add(Resolve(context));
        rotation.Add(BreakLease(context));
        rotation.Add(Hook(context));
        account.Add(rotation);
    }

    private static Verb Rotate(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Option<bool> dryRun = new("--dry-run") { Description = "Say what it would do and test the way; change nothing" };
        Option<bool> byItself = new("--by-itself") { Description = "The account changes its own credential, whatever the resource's rotation account" };
        Verb verb = new(
            "rotate",
            "Replace the credential on the target and in the vault, with proof that the new one works; finishes one that was interrupted",
            "account rotate orders/postgres --dry-run",
            "account rotate orders/postgres",
            "account rotate orders/rotator --by-itself");
        verb.Add(reference);
        verb.Add(dryRun);
        verb.Add(byItself);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            if (run.Value(dryRun))
            {
                Result<RotationPlan> plan = await product.Rotations.PlanAsync(run.Actor, account, run.Value(byItself), new CheckLines(run.Error), ct);
                return plan.Refusal is { } no ? no : AnswerPlan(run, plan.Value);
            }

            Result<RotationRecord> row = await product.Rotations.RotateAsync(run.Actor, account, run.Value(byItself), new RotationLines(run.Error), ct);
            return row.Refusal is { } refusal ? refusal : Answer(run, account, row.Value);
        });
        return verb;
    }

    private static Result<Done> AnswerPlan(Invocation run, RotationPlan plan)
    {
        if (run.Json)
        {
            run.WriteJson(json => RotationShapes.Write(json, plan));
        }
        else
        {
            List<(string, string?)> fields = [("Account", plan.Account.ToString()), ("Change", plan.Change)];
            if (plan.Policy is { } policy)
            {
                fields.Add(("Passwords", RotationShapes.Of(policy)));
                fields.Add(("Example", plan.Example));
            }

            fields.AddRange(plan.Warnings.Select(warning => ("Warning", (string?)warning)));
            if (plan.Unfinished is { } open)
            {
                fields.Add(("Unfinished", $"a rotation of {Shapes.Time(open.Planned)} is {Words.Of(open.State)} and would be finished first"));
            }

            Table.WriteFields(run.Out, [.. fields]);
            if (plan.Test is { Passed: true })
            {
                run.Out.WriteLine("The target would take the change. Nothing was changed.");
            }
        }

        return plan.Test?.Failure is { } failure ? Refusal.Failed(failure.Message) : default(Done);
    }

    private static Result<Done> Answer(Invocation run, AccountRef account, RotationRecord row)
    {
        if (run.Json)
        {
            run.WriteJson(json => RotationShapes.Write(json, row));
        }
        else if (row.State == RotationState.Promoted)
        {
            run.Out.WriteLine($"Rotated the account {account}: the new credential has signed in.");
        }

        string named = Text.Quote(account.ToString());
        return row.State switch
        {
            RotationState.Promoted when row.Hook is { State: HookState.Pending or HookState.Failed, Error: { } why } => Refusal.Failed($"{why} The credential of {named} is replaced all the same."),
            RotationState.Promoted => default(Done),
            RotationState.Failed => Refusal.Failed($"{row.Error} The credential of {named} stays as it was."),
            RotationState.NeedsAttention => Refusal.Failed($"{row.Error} The vault keeps both: find out which one {named} has, then `pamtui account rotation resolve {account}`."),
            _ => Refusal.Failed($"{row.Error} The rotation of {named} is {Words.Of(row.State)}; the vault keeps both credentials: `pamtui account rotate {account}` goes on with it."),
        };
    }

    private static Verb List(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "The rotations of an account, newest first", "account rotation list orders/postgres"));
        verb.Arguments.Insert(0, reference);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<IReadOnlyList<RotationRecord>> rows = await lists.ReadAsync(run, page => product.Rotations.ListAsync(run.Actor, account, page, ct));
            if (rows.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, rows.Value, RotationShapes.Write));
                return default(Done);
            }

            Table table = new("id", "started", "ended", "state", "way", "by", "hook", "error");
            foreach (RotationRecord row in rows.Value)
            {
                table.Add(row.Id.ToString(CultureInfo.InvariantCulture), Shapes.Time(row.Planned), Shapes.Time(row.Ended), Words.Of(row.State), row.By ?? Words.Of(row.Way), row.StartedBy, row.Hook is { } hook ? Words.Of(hook.State) : null, row.Error ?? row.Hook?.Error);
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Resolve(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Option<string> use = new("--use") { Description = "staged: the new credential; current: the old one", HelpName = "WHICH", Required = true };
        Option<bool> unverified = new("--unverified") { Description = "Without a sign-in; the other credential is gone all the same" };
        use.CompletionSources.Add("staged", "current");
        Verb verb = new("resolve", "Keep one of the two credentials that an unfinished rotation left, when it signs in", "account rotation resolve orders/postgres --use staged");
        verb.Add(reference);
        verb.Add(use);
        verb.Add(unverified);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) => run.Value(use) is not ("staged" or "current")
            ? Refusal.Invalid($"{Text.Quote(run.Value(use) ?? "")} is neither of the two: use staged or current.")
            : run.Say(
                await product.Rotations.ResolveAsync(run.Actor, account, run.Value(use) == "staged", run.Value(unverified), ct),
                $"The {(run.Value(use) == "staged" ? "new" : "old")} credential is the one of {account}; the other one is gone."));
        return verb;
    }

    private static Verb BreakLease(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Verb verb = new("break-lease", "Take an account away from a process that is stuck in its rotation; the next `account rotate` goes on", "account rotation break-lease orders/postgres");
        verb.Add(reference);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
            run.Say(await product.Rotations.BreakLeaseAsync(run.Actor, account, ct), $"Broke the lease on {account}."));
        return verb;
    }

    private static Verb Hook(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Verb verb = new("hook", "Run the hook that the latest rotation owes, now; also one that failed too often", "account rotation hook orders/app");
        verb.Add(reference);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<RotationHook> ran = await product.Rotations.RunHookAsync(run.Actor, account, ct);
            return ran is { IsOk: true, Value.Error: { } error } ? Refusal.Failed(error) : run.Say(ran, $"The hook of {account} has run.");
        });
        return verb;
    }
}
