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
    public static void AddResource(TuiSession session, HomeModel home)
    {
        using FormModel form = Drafts.NewResource();
        MetadataModel metadata = new(Metadata.Empty);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<ResourceDraft> draft = Drafts.ResourceDraft(form, metadata.Result.Value, home.Now);
                return Answer(
                    draft.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => home.Product.Resources.AddAsync(home.Actor, draft.Value, c), ct),
                    $"{form["name"]} is added: go right and press a to add an account.");
            },
            null,
            SignsIn: false);
        if (Run(session, home, "Add resource", form, metadata, actions))
        {
            home.ShowResource(form["name"]);
        }
    }

    public static void Edit(TuiSession session, HomeModel home, Resource resource)
    {
        using FormModel form = Drafts.Of(resource);
        MetadataModel metadata = new(resource.Metadata);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<ResourceChange> change = Drafts.ResourceChange(form, resource.Kind, metadata.IsTouched ? metadata.Result.Value : null);
                return Answer(
                    change.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => home.Product.Resources.EditAsync(home.Actor, resource.Name, change.Value, c), ct),
                    $"{resource.Name} is saved.");
            },
            null,
            SignsIn: false);
        if (Run(session, home, "Edit resource " + resource.Name, form, metadata, actions))
        {
            home.ShowResource(resource.Name);
        }
    }

    public static void AddAccount(TuiSession session, HomeModel home, Resource resource)
    {
        using FormModel form = Drafts.NewAccount(resource);
        MetadataModel metadata = new(Metadata.Empty);
        SaveActions actions = new(
            async (check, progress, ct) =>
            {
                using NewCredential credential = Drafts.Credential(form)!;
                AccountDraft draft = Drafts.AccountDraft(form, resource.Name, credential, metadata.Result.Value);
                return Answer(await session.Jobs.CallAsync(c => home.Product.Accounts.AddAsync(home.Actor, draft, Mode(check), progress, c), ct), check);
            },
            Pin(home, resource.Name),
            SignsIn: true);
        if (Run(session, home, "Add account to " + resource.Name, form, metadata, actions))
        {
            home.ShowAccount(new AccountRef(resource.Name, form["name"]));
        }
    }

    public static void Edit(TuiSession session, HomeModel home, Account account)
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
                return Answer(await session.Jobs.CallAsync(c => home.Product.Accounts.EditAsync(home.Actor, account.Reference, change, Mode(check), progress, c), ct), check);
            },
            Pin(home, account.Resource),
            SignsIn: true);
        if (Run(session, home, "Edit account " + account.Reference, form, metadata, actions))
        {
            home.ShowAccount(account.Reference);
        }
    }

    public static void EditMetadata(TuiSession session, HomeModel home, Account account) => EditPairs(
        session,
        home,
        account.Reference.ToString(),
        account.Metadata,
        async (pairs, ct) => (await home.Product.Accounts.SetMetadataAsync(home.Actor, account.Reference, pairs, ct)).Refusal);

    public static void EditMetadata(TuiSession session, HomeModel home, Resource resource) => EditPairs(
        session,
        home,
        resource.Name,
        resource.Metadata,
        async (pairs, ct) => (await home.Product.Resources.EditAsync(home.Actor, resource.Name, new ResourceChange { Metadata = pairs }, ct)).Refusal);

    public static void Remove(TuiSession session, HomeModel home, Account account)
    {
        string effect = $"{account.Reference} goes with its credential and every grant on it; live sessions with it end. It cannot be undone.";
        if (ConfirmSheet.Ask(session, "Remove account", effect, "Remove", account.Name))
        {
            home.Remove(account);
        }
    }

    public static void Remove(TuiSession session, HomeModel home, Resource resource)
    {
        string accounts = resource.AccountCount == 1 ? "its one account" : $"its {resource.AccountCount} accounts";
        string effect = $"{resource.Name} goes with {accounts}, their credentials and every grant on them; live sessions there end. It cannot be undone.";
        if (ConfirmSheet.Ask(session, "Remove resource", effect, "Remove", resource.Name))
        {
            home.Remove(resource);
        }
    }

    private static bool Run(TuiSession session, HomeModel home, string title, FormModel form, MetadataModel metadata, SaveActions actions)
    {
        using SaveDialog dialog = new(form, actions, session.Jobs);
        using FormSheet sheet = new(session, title, dialog, metadata);
        session.App.Run(sheet);
        if (dialog.Stage != SaveStage.Saved)
        {
            // A key that was accepted on the way stays accepted.
            home.Refresh();
            return false;
        }

        home.Tell(dialog.Sentence, Tone.Good);
        return true;
    }

    private static void EditPairs(TuiSession session, HomeModel home, string name, Metadata pairs, Func<Metadata, CancellationToken, Task<Refusal?>> save)
    {
        using MetadataSheet sheet = new(session, "Metadata of " + name, new MetadataModel(pairs), save);
        session.App.Run(sheet);
        if (sheet.IsSaved)
        {
            home.Tell($"The metadata of {name} is saved.", Tone.Good);
            home.Refresh();
        }
    }

    private static CheckMode Mode(bool check) => check ? CheckMode.Check : CheckMode.Unverified;

    private static Func<SeenHostKey, CancellationToken, Task<Refusal?>> Pin(HomeModel home, string resource) =>
        async (key, ct) => (await home.Product.Resources.PinHostKeyAsync(home.Actor, resource, key, "accepted by " + home.Actor.Name, ct)).Refusal;

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
