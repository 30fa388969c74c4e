using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The dialogs of the lists and the details page: each ties a form to one use case.</summary>
internal static class Dialogs
{
    /// <returns>Its name; null: nothing was added.</returns>
    public static string? AddResource(TuiSession session, Workplace work)
    {
        using FormModel form = Drafts.NewResource();
        MetadataModel metadata = new(Metadata.Empty);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<ResourceDraft> draft = Drafts.ResourceDraft(form, metadata.Result.Value, work.Now);
                return Answer(
                    draft.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => work.Product.Resources.AddAsync(work.Actor, draft.Value, c), ct),
                    $"{form["name"]} is added: Enter goes to its accounts, a adds one there.");
            },
            null,
            SignsIn: false);
        return Run(session, work, "Add resource", "resource.add", form, metadata, actions) ? form["name"] : null;
    }

    public static void Edit(TuiSession session, Workplace work, Resource resource)
    {
        using FormModel form = Drafts.Of(resource);
        MetadataModel metadata = new(resource.Metadata);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<ResourceChange> change = Drafts.ResourceChange(form, resource.Kind, metadata.IsTouched ? metadata.Result.Value : null);
                return Answer(
                    change.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => work.Product.Resources.EditAsync(work.Actor, resource.Name, change.Value, c), ct),
                    $"{resource.Name} is saved.");
            },
            null,
            SignsIn: false);
        Run(session, work, "Edit resource " + resource.Name, "resource.edit " + resource.Name, form, metadata, actions);
    }

    /// <returns>What it is called; null: nothing was added.</returns>
    public static AccountRef? AddAccount(TuiSession session, Workplace work, Resource resource)
    {
        using FormModel form = Drafts.NewAccount(resource);
        MetadataModel metadata = new(Metadata.Empty);
        SaveActions actions = new(
            async (check, progress, ct) =>
            {
                AccountRef reference = new(resource.Name, form["name"]);
                if (Names.Check(reference.Account, "account", "name") is { } badName)
                {
                    return new SaveAnswer.Refused(badName);
                }

                // No target knows a key that is made now: there is nothing to sign in with yet.
                bool made = Drafts.MakesKey(form);
                check &= !made;
                using NewCredential credential = made ? work.Product.Accounts.MakeKey(reference) : Drafts.Credential(form)!;
                AccountDraft draft = Drafts.AccountDraft(form, resource.Name, credential, metadata.Result.Value);
                return Answer(await session.Jobs.CallAsync(c => work.Product.Accounts.AddAsync(work.Actor, draft, Mode(check), progress, c), ct), check);
            },
            Pin(work, resource.Name),
            SignsIn: true);
        if (!Run(session, work, "Add account to " + resource.Name, "account.add " + resource.Name, form, metadata, actions))
        {
            return null;
        }

        AccountRef added = new(resource.Name, form["name"]);
        if (Drafts.MakesKey(form))
        {
            CopyMenu.OfferPublicKey(session, work, added);
        }

        return added;
    }

    public static void Edit(TuiSession session, Workplace work, Account account)
    {
        using FormModel form = Drafts.Of(account);
        MetadataModel metadata = new(account.Metadata);
        SaveActions actions = new(
            async (check, progress, ct) =>
            {
                if (form["credential"].Length > 0 && form["credential"] != Words.Of(account.Credential) && Drafts.Credential(form) is null)
                {
                    return new SaveAnswer.Refused(Refusal.Invalid("Another kind of credential needs the credential itself.", form["credential"] == "private-key" ? "privateKey" : "password"));
                }

                // Certificates are no credential that could be typed anew.
                using NewCredential? credential = account.Credential == CredentialType.Certificate && form["credential"] == Words.Of(account.Credential) ? null : Drafts.Credential(form);
                AccountChange change = Drafts.AccountChange(form, credential, metadata.IsTouched ? metadata.Result.Value : null);
                return Answer(await session.Jobs.CallAsync(c => work.Product.Accounts.EditAsync(work.Actor, account.Reference, change, Mode(check), progress, c), ct), check);
            },
            Pin(work, account.Resource),
            SignsIn: true);
        Run(session, work, "Edit account " + account.Reference, "account.edit " + account.Reference, form, metadata, actions);
    }

    public static void EditMetadata(TuiSession session, Workplace work, Account account) => EditPairs(
        session,
        work,
        account.Reference.ToString(),
        account.Metadata,
        async (pairs, ct) => (await work.Product.Accounts.SetMetadataAsync(work.Actor, account.Reference, pairs, ct)).Refusal);

    public static void EditMetadata(TuiSession session, Workplace work, Resource resource) => EditPairs(
        session,
        work,
        resource.Name,
        resource.Metadata,
        async (pairs, ct) => (await work.Product.Resources.EditAsync(work.Actor, resource.Name, new ResourceChange { Metadata = pairs }, ct)).Refusal);

    public static void Remove(Workplace work, Account account) =>
        work.Do(ct => work.Product.Accounts.RemoveAsync(work.Actor, account.Reference, ct), $"{account.Reference} is removed.");

    public static void Remove(Workplace work, Resource resource) =>
        work.Do(ct => work.Product.Resources.RemoveAsync(work.Actor, resource.Name, ct), $"{resource.Name} is removed with its accounts.");

    public static void Rotate(Workplace work, Account account) =>
        work.Errand.Start($"Rotating {account.Reference}…", $"The rotation of {account.Reference} was stopped; its history says how far it came.", async ct =>
        {
            // A rotation account changes itself only when it is told to: who chose it, alone, and said yes has told it.
            Result<Resource> resource = await work.Jobs.CallAsync(c => work.Product.Resources.FindAsync(work.Actor, account.Resource, c), ct);
            bool byItself = resource.IsOk && resource.Value.RotationAccount == account.Name;
            Result<RotationRecord> done = await work.Jobs.CallAsync(c => work.Product.Rotations.RotateAsync(work.Actor, account.Reference, byItself, null, c), ct);
            string? error = done.Refusal?.Message ?? done.Value.Error;
            work.Tell(error ?? $"{account.Reference} has a new credential, and it signs in.", error is null ? Tone.Good : Tone.Bad);
            work.NoteChange();
        });

    /// <param name="draft">As the form is called while it is half filled.</param>
    private static bool Run(TuiSession session, Workplace work, string title, string draft, FormModel form, MetadataModel metadata, SaveActions actions)
    {
        using SaveDialog dialog = new(form, actions, session.Jobs);
        using KeyNote note = new(work, form, dialog);
        using FormSheet sheet = new(session, title, dialog, metadata, suggestions: new PairSuggestions(work), keeper: new DraftKeeper(work, draft, form, metadata));
        session.App.Run(sheet);
        // Also without saving: a key that was accepted on the way stays accepted.
        work.NoteChange();
        if (dialog.Stage != SaveStage.Saved)
        {
            return false;
        }

        work.Tell(dialog.Sentence, Tone.Good);
        return true;
    }

    private static void EditPairs(TuiSession session, Workplace work, string name, Metadata pairs, Func<Metadata, CancellationToken, Task<Refusal?>> save)
    {
        using MetadataSheet sheet = new(session, "Metadata of " + name, new MetadataModel(pairs), save, new PairSuggestions(work));
        session.App.Run(sheet);
        if (sheet.IsSaved)
        {
            work.Tell($"The metadata of {name} is saved.", Tone.Good);
            work.NoteChange();
        }
    }

    private static CheckMode Mode(bool check) => check ? CheckMode.Check : CheckMode.Unverified;

    private static Func<SeenHostKey, CancellationToken, Task<Refusal?>> Pin(Workplace work, string resource) =>
        async (key, ct) => (await work.Product.Resources.PinHostKeyAsync(work.Actor, resource, key, "accepted by " + work.Actor.Name, ct)).Refusal;

    private static SaveAnswer Answer(Result<Resource> result, string sentence) =>
        result.Refusal is { } no ? new SaveAnswer.Refused(no) : new SaveAnswer.Saved(sentence);

    private static SaveAnswer Answer(Result<SavedAccount> result, bool check) => result switch
    {
        { Refusal: { } no } => new SaveAnswer.Refused(no),
        { Value: { Account: { } account, Check: { } report } } => new SaveAnswer.Saved($"{account.Reference} signs in ({report.Elapsed.TotalMilliseconds:0} ms) and is saved."),
        { Value.Account: { } account } => new SaveAnswer.Saved(check ? $"{account.Reference} is saved." : $"{account.Reference} is saved without a check."),
        { Value.Check: { } report } => new SaveAnswer.CheckFailed(report),
        _ => throw new InvalidOperationException("Neither an account nor a check."),
    };
}
