using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with one account, wherever it is shown.</summary>
/// <param name="pointed">The account that the person is at; null: none.</param>
internal sealed class AccountActions(TuiSession session, Workplace work, Func<Account?> pointed)
{
    public ScreenAction Connect => new("Enter", "connect: a session with it on this terminal", With(account => work.Connect(account.Reference))) { Short = "connect", WhyNot = NeedsOne };

    public ScreenAction Details => new("d", "details: fields, metadata, grants, history, ready-made lines", With(account => work.Places.Go(new Place(PageTable.Account, account.Reference.ToString()))))
    {
        Short = "details",
        WhyNot = NeedsOne,
    };

    public IReadOnlyList<ScreenAction> Changes =>
    [
        new("e", "edit the account", Guarded(Act.Edit, account => Dialogs.Edit(session, work, account))) { Short = work.Actor.IsAdmin ? "edit" : "", WhyNot = NeedsOne },
        new("m", "metadata: add, change, delete, paste lines of key=value", Guarded(Act.EditMetadata, account => Dialogs.EditMetadata(session, work, account)))
        {
            Short = work.Actor.IsAdmin ? "metadata" : "",
            WhyNot = NeedsOne,
        },
        new("c", "check: sign in now with the stored credential", With(work.Checks.Start)) { Short = "check", WhyNot = NeedsOne },
        new("t", "rotate the credential now", Guarded(Act.Rotate, account => Dialogs.Rotate(work, account))) { WhyNot = NeedsOne },
        new("f", "favourite: keep it on the first screen, or no longer", With(work.Starred.Toggle)) { Short = "favourite", WhyNot = NeedsOne },
        new("y", "copy: ssh and scp lines, an entry for ssh_config, names and fingerprints", With(account => CopyMenu.Run(session, work, account))) { Short = "copy", WhyNot = NeedsOne },
        new("R", "reveal the credential: asks why, shows it for 30 s or lends it to the clipboard", Guarded(Act.Reveal, account => RevealSheet.Run(session, work, account))) { WhyNot = WhyNoReveal },
        new("w", work.Actor.IsAdmin ? "why: who may use it, or may not, and by which grant" : "why you may use it: by which grants", With(account => new Explanations(session, work).OfAccount(account.Reference))) { WhyNot = NeedsOne },
        new("N", "grants that reach it", With(account => work.Places.Go(new Place(PageTable.Grants, account.Reference.ToString())))) { WhyNot = () => work.AdminOnly ?? NeedsOne() },
        new("n", "give a grant on it", With(account => GrantDialogs.Add(session, work, "", account.Reference.ToString()))) { WhyNot = () => work.AdminOnly ?? NeedsOne() },
        new("Del x", "remove the account, after typing its name", Guarded(Act.Remove, account => Dialogs.Remove(work, account))) { WhyNot = NeedsOne },
    ];

    private Action Guarded(Act act, Action<Account> go) => With(account => Guard.Before(session, work, act, account, () => go(account)));

    private Action With(Action<Account> act) => () =>
    {
        if (pointed() is { } account)
        {
            act(account);
        }
    };

    private string? NeedsOne() => pointed() is null ? "There is no account to do that with." : null;

    private string? WhyNoReveal() => pointed() is { Credential: CredentialType.Certificate }
        ? "There is no credential to see: each session has a certificate of its own."
        : NeedsOne();
}
