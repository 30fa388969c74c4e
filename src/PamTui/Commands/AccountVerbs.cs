using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class AccountVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Edit(context));
        noun.Add(Remove(context));
        noun.Add(Check(context));
        noun.Add(RevealVerb.Build(context));
        noun.Add(History(context));
        noun.Add(CheckHistoryVerb.Build(context));
        noun.Add(FavouriteVerbs.Build(context));
        RotationVerbs.Fill(noun, context);
    }

    public static Argument<string> Reference() => new("RESOURCE/NAME") { Description = "The account" };

    public static void RunsOnAccount(Verb verb, CommandContext context, Argument<string> reference, Func<Invocation, Product, AccountRef, CancellationToken, Task<Result<Done>>> work) =>
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<AccountRef> account = AccountRef.Parse(run.Value(reference) ?? "");
            return account.Refusal is { } bad ? bad : await work(run, product, account.Value, ct);
        });

    private static Verb Add(CommandContext context)
    {
        Argument<string> reference = Reference();
        AccountOptions options = new(isNew: true);
        Verb verb = options.On(new Verb(
            "add",
            "Add an account; a real sign-in checks it first, and one that fails saves nothing",
            "account add web-1/deploy --username deploy --private-key-file deploy.pem --meta team=payments",
            "account add orders/postgres --username postgres --password-stdin --privilege superuser < password",
            "account add web-1/backup --username backup --certificate",
            "account add web-1/deploy --username deploy --generate-key",
            "account add web-1/backup --username backup --unverified"));
        verb.Arguments.Insert(0, reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<Resource> resource = await product.Resources.FindAsync(run.Actor, account.Resource, ct);
            if (resource.Refusal is { } missing)
            {
                return missing;
            }

            bool made = options.GeneratesKey(run);
            Result<NewCredential?> credential = !made
                ? await options.CredentialAsync(run, resource.Value.Kind, ct)
                : options.WhyNoKey(run, resource.Value.Kind) is { } no ? no : product.Accounts.MakeKey(account);
            if (credential.Refusal is { } refusal)
            {
                return refusal;
            }

            using NewCredential given = credential.Value ?? throw new InvalidOperationException("A new account has a credential.");
            Result<AccountDraft> draft = options.Draft(run, account, given);
            if (draft.Refusal is { } refused)
            {
                return refused;
            }

            if (made)
            {
                return await AnswerMadeAsync(run, product, resource.Value, await product.Accounts.AddAsync(run.Actor, draft.Value, CheckMode.Unverified, null, ct), ct);
            }

            Result<SavedAccount> saved = await WithFirstContactAsync(
                run, product, account.Resource, () => product.Accounts.AddAsync(run.Actor, draft.Value, options.Mode(run), new CheckLines(run.Error), ct), ct);
            return saved.Refusal is { } failed ? failed : Answer(run, saved.Value.Account, "Added");
        });
        return verb;
    }

    // The line alone goes to stdout, for >> and pipes; what to do with it is for a person.
    private static async Task<Result<Done>> AnswerMadeAsync(Invocation run, Product product, Resource resource, Result<SavedAccount> saved, CancellationToken ct)
    {
        if (saved.Refusal is { } refusal)
        {
            return refusal;
        }

        Account account = saved.Value.Account!;
        Result<PublicKey?> key = await product.Accounts.PublicKeyAsync(run.Actor, account.Reference, ct);
        if (key.Refusal is { } unreadable)
        {
            return unreadable;
        }

        if (run.Json)
        {
            return Answer(run, account, null, key: key.Value);
        }

        run.Out.WriteLine(key.Value!.Line);
        run.Error.WriteLine($"Added the account {account.Reference}. Put the line above into ~/.ssh/authorized_keys of {Text.Quote(account.Username)} on {Text.Escape(resource.Host)}, then run `pamtui account check {account.Reference}`.");
        return default(Done);
    }

    // A host that is not known yet: its key is shown, a person accepts it, and the same is done again.
    private static async Task<Result<SavedAccount>> WithFirstContactAsync(Invocation run, Product product, string resource, Func<Task<Result<SavedAccount>>> save, CancellationToken ct)
    {
        Result<SavedAccount> saved = await save();
        if (saved is { IsOk: true, Value: { Account: null, Check: { Failure.Cause: CheckCause.HostKeyUnknown, HostKey: { } key } } })
        {
            Result<bool> accepted = await ResourceVerbs.AcceptAsync(run, product, resource, key, ct);
            if (accepted.Refusal is { } refusal)
            {
                return refusal;
            }

            if (accepted.Value)
            {
                saved = await save();
            }
        }

        return saved is { IsOk: true, Value: { Account: null, Check.Failure: { } failure } }
            ? Refusal.Failed(failure.Message + " Nothing was saved; --unverified saves it without a check.")
            : saved;
    }

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = ResourceVerbs.FilterArgument();
        Lists lists = new();
        SortOption<AccountSort> sort = new(Words.Of);
        Option<bool> recent = new("--recent") { Description = "Those you had sessions of, the latest first" };
        Verb verb = sort.On(lists.On(new Verb(
            "list",
            "List the accounts you may see",
            "account list",
            "account list 'env=prod -owner' --json",
            "account list checkState=verified --sort -last-used,name",
            "account list --recent --limit 5",
            "account list @mine")));
        verb.Add(filter);
        verb.Add(recent);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            if (run.Value(recent))
            {
                return run.Value(filter) is null && sort.IsUnused(run)
                    ? await FavouriteVerbs.RecentAsync(run, product, lists, ct)
                    : Refusal.Invalid("--recent has an order of its own and takes no filter.", "recent");
            }

            Result<IReadOnlyList<SortKey<AccountSort>>> order = sort.Read(run);
            Result<string> text = await FilterVerbs.ResolveAsync(run, product, filter, ct);
            if ((order.Refusal ?? text.Refusal) is { } bad)
            {
                return bad;
            }

            Result<IReadOnlyList<Account>> all = await lists.ReadAsync(run, page => product.Accounts.ListSortedAsync(run.Actor, text.Value, order.Value, page, ct));
            return all.Refusal is { } refusal ? refusal : Print(run, all.Value);
        });
        return verb;
    }

    public static Result<Done> Print(Invocation run, IReadOnlyList<Account> accounts)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, accounts, Shapes.Write));
            return default(Done);
        }

        Table table = new("account", "kind", "username", "alias", "privilege", "check", "health", "metadata");
        foreach (Account account in accounts)
        {
            table.Add(
                account.Reference.ToString(), Words.Of(account.Kind), account.Username, account.Alias, account.Privilege, Words.Of(account.CheckState), Words.Of(account.Health.State), ResourceVerbs.Pairs(account.Metadata));
        }

        table.Write(run.Out);
        return default(Done);
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> reference = Reference();
        Verb verb = new("show", "Show one account", "account show web-1/deploy");
        verb.Add(reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<Account> found = await product.Accounts.FindAsync(run.Actor, account, ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<RotationLease?> lease = await product.Rotations.LeaseAsync(run.Actor, account, ct);
            Result<RotationOutlook> outlook = await product.RotationRounds.OutlookAsync(run.Actor, account, ct);
            Result<PublicKey?> key = await product.Accounts.PublicKeyAsync(run.Actor, account, ct);
            Result<Resource> resource = await product.Resources.FindAsync(run.Actor, account.Resource, ct);
            return Answer(
                run,
                found.Value,
                null,
                lease.IsOk ? lease.Value : null,
                outlook.IsOk ? outlook.Value : null,
                key.IsOk ? key.Value : null,
                resource.IsOk ? found.Value.Metadata.InheritedFrom(resource.Value.Metadata) : null);
        });
        return verb;
    }

    private static Verb Edit(CommandContext context)
    {
        Argument<string> reference = Reference();
        AccountOptions options = new(isNew: false);
        Verb verb = options.On(new Verb(
            "edit",
            "Change an account; what is not given stays. A new username or credential is checked first",
            "account edit web-1/deploy --privilege superuser --meta team=core",
            "account edit web-1/deploy --ask-password"));
        verb.Arguments.Insert(0, reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<Account> before = await product.Accounts.FindAsync(run.Actor, account, ct);
            if (before.Refusal is { } missing)
            {
                return missing;
            }

            Result<NewCredential?> credential = await options.CredentialAsync(run, before.Value.Kind, ct);
            if (credential.Refusal is { } refusal)
            {
                return refusal;
            }

            using NewCredential? given = credential.Value;
            Result<AccountChange> change = options.Change(run, before.Value, given);
            if (change.Refusal is { } refused)
            {
                return refused;
            }

            Result<SavedAccount> saved = await WithFirstContactAsync(
                run, product, account.Resource, () => product.Accounts.EditAsync(run.Actor, account, change.Value, options.Mode(run), new CheckLines(run.Error), ct), ct);
            return saved.Refusal is { } no ? no : Answer(run, saved.Value.Account, "Changed");
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> reference = Reference();
        Verb verb = new("remove", "Remove an account and its credential", "account remove web-1/deploy");
        verb.Add(reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<Account> found = await product.Accounts.FindAsync(run.Actor, account, ct);
            if (found.Refusal is { } missing)
            {
                return missing;
            }

            Result<Done> sure = await run.ConfirmAsync("account", account.ToString(), ct);
            return sure.IsOk ? run.Say(await product.Accounts.RemoveAsync(run.Actor, account, ct), $"Removed the account {account}.") : sure;
        });
        return verb;
    }

    private static Verb Check(CommandContext context)
    {
        Argument<string> reference = Reference();
        Verb verb = new("check", "Sign in with the stored credential now", "account check web-1/deploy");
        verb.Add(reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<CheckReport> report = await product.Accounts.CheckAsync(run.Actor, account, new CheckLines(run.Error), ct);
            return report.Refusal is { } refusal ? refusal : ResourceVerbs.AnswerCheck(run, report.Value);
        });
        return verb;
    }

    private static Verb History(CommandContext context)
    {
        Argument<string> reference = Reference();
        Lists lists = new();
        Verb verb = lists.On(new Verb("history", "What was done to an account, newest first", "account history web-1/deploy"));
        verb.Arguments.Insert(0, reference);
        RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<IReadOnlyList<AuditRow>> rows = await lists.ReadAsync(run, page => product.Accounts.HistoryAsync(run.Actor, account, page, ct));
            if (rows.Refusal is { } refusal)
            {
                return refusal;
            }

            AuditVerbs.Print(run, rows.Value);
            return default(Done);
        });
        return verb;
    }

    private static Result<Done> Answer(Invocation run, Account? account, string? what, RotationLease? lease = null, RotationOutlook? outlook = null, PublicKey? key = null, Metadata? inherited = null)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, account, outlook, key, inherited));
        }
        else if (what is not null)
        {
            string mark = account.CheckState == CheckState.Unverified ? " It is not verified." : "";
            run.Out.WriteLine($"{what} the account {account.Reference}.{mark}");
        }
        else
        {
            List<(string, string?)> fields =
            [
                ("Account", account.Reference.ToString()),
                ("Kind", Words.Of(account.Kind)),
                ("Username", account.Username),
                ("Credential", Words.Of(account.Credential)),
                ("Key", key is null ? null : $"{key.Type}, {key.Bits} bits, {key.Fingerprint}"),
                ("Public key", key?.Line),
                ("Alias", account.Alias),
                ("Privilege", account.Privilege),
                ("Description", account.Description),
                .. account.Metadata.Select(pair => ("Metadata", (string?)(pair.Key + "=" + pair.Value))),
                .. (inherited ?? Metadata.Empty).Select(pair => ("Of its resource", (string?)(pair.Key + "=" + pair.Value))),
                ("Check", Words.Of(account.CheckState)),
                ("Last checked", Shapes.Time(account.LastChecked)),
                ("Last error", account.LastCheckError),
                ("Last used", account.LastUsed is { } used ? Shapes.Time(used) : "never"),
                ("Health", Words.Of(account.Health.State) + (account.Health.Since is { } since ? " since " + Shapes.Time(since) : "")
                    + (account.Health.State == HealthState.Rejected ? ", not tried again by itself before `pamtui account check` passes" : "")),
                ("Passwords", RotationShapes.Of(account.Passwords)),
                ("Rotation", account.Rotation is { State: { } state } rotation ? Words.Of(state) + (rotation.Error is { } error ? ": " + error : "") : "never"),
                ("Rotated", Shapes.Time(account.Rotation.Last)),
                ("Changed", Shapes.Time(account.Updated)),
            ];
            if (outlook is not null)
            {
                fields.InsertRange(
                    fields.Count - 1,
                    [
                        ("Rotations", ResourceVerbs.Plain(outlook.Count)),
                        ("Next", RotationShapes.Of(outlook)),
                        ("Hook", RotationShapes.Of(outlook.Hook)),
                        .. outlook.Hook is { Error: not null, Output: { } output } ? [("Hook output", (string?)output)] : Array.Empty<(string, string?)>(),
                    ]);
            }

            if (lease is not null)
            {
                fields.Insert(fields.Count - 1, ("Lease", $"{lease.Owner} since {Shapes.Time(lease.Taken)}, until {Shapes.Time(lease.Expires)} at most"));
            }

            Table.WriteFields(run.Out, [.. fields]);
        }

        return default(Done);
    }
}
