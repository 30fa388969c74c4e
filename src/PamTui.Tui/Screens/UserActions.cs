using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with one user, wherever he is shown.</summary>
/// <param name="pointed">The user that the person is at; null: none.</param>
internal sealed class UserActions(TuiSession session, Workplace work, Func<User?> pointed)
{
    private const int MaxKeyLine = 16 * 1024;

    private readonly PeoplePicks _picks = new(session, work);

    public IReadOnlyList<ScreenAction> All =>
    [
        Of("o", "role: make an admin of a member, or a member of an admin", "role", ChangeRole),
        Of("D", "disable, or enable again", pointed() is { Disabled: true } ? "enable" : "disable", ChangeState),
        Of("m", "groups: put into some, take out of others", "groups", ChangeGroups),
        Of("K", "public keys: add one, remove one", "keys", ChangeKeys),
        Of("p", "password: set it, or take it away", "password", ChangePassword),
        Of("w", "why: what they may do with an account, and by which grant", "why", user => new Explanations(session, work).OfUser(user.Name)),
        Of("t", "grants of the user and of their groups", "", user => work.Places.Go(new Place(PageTable.Grants, user.Name))),
        Of("n", "give the user a grant", "grant", user => GrantDialogs.Add(session, work, user.Name, "")),
        Of("l", "their sessions, live and ended", "", ShowSessions),
        Of("Del x", "remove, after typing the name", "", Remove),
    ];

    private ScreenAction Of(string keys, string what, string shortWord, Action<User> act) => new(keys, what, () =>
    {
        if (pointed() is { } user)
        {
            act(user);
        }
    })
    {
        Short = shortWord,
        WhyNot = () => work.AdminOnly ?? (pointed() is null ? "There is no user to do that with." : null),
    };

    private void ChangeRole(User user)
    {
        (Role role, string effect, string done) = user.Role == Role.Admin
            ? (Role.Member, $"{user.Name} may then do only what grants say, and change no users and no grants.", $"{user.Name} is a member.")
            : (Role.Admin, $"{user.Name} may then do everything with every account, and change users and grants.", $"{user.Name} is an admin.");
        if (ConfirmSheet.Ask(session, "Change role", effect, "Make " + (role == Role.Admin ? "an admin" : "a member"), null))
        {
            work.Do(ct => work.Product.Users.SetRoleAsync(work.Actor, user.Name, role, ct), done);
        }
    }

    private void ChangeState(User user)
    {
        if (user.Disabled)
        {
            work.Do(ct => work.Product.Users.SetDisabledAsync(work.Actor, user.Name, false, ct), $"{user.Name} may sign in again.");
        }
        else if (ConfirmSheet.Ask(session, "Disable user", $"{user.Name} can no longer sign in, and live sessions end within seconds. Keys, groups and grants stay.", "Disable", null))
        {
            work.Do(ct => work.Product.Users.SetDisabledAsync(work.Actor, user.Name, true, ct), $"{user.Name} is disabled.");
        }
    }

    private void ChangeGroups(User user) => _picks.Groups(groups =>
    {
        if (groups.Count == 0)
        {
            work.Tell("There are no groups yet: 7 goes to them, and a adds one.", Tone.Normal);
            return;
        }

        _picks.Toggle(
            "Groups of " + user.Name,
            "type a group; Enter puts in or takes out",
            [.. groups.Select(group => group.Name)],
            new HashSet<string>(user.Groups, StringComparer.Ordinal),
            (group, goesIn, ct) => goesIn ? work.Product.Groups.AddMemberAsync(work.Actor, group, user.Name, ct) : work.Product.Groups.RemoveMemberAsync(work.Actor, group, user.Name, ct));
    });

    private void ChangeKeys(User user) => PickSheet.Run(
        session,
        "Public keys of " + user.Name,
        new PickModel(
            [
                new Choice("add a key: paste a line of an authorized_keys file", () => AddKey(user)),
                .. user.Keys.Select(key => new Choice($"remove {Core.Model.Text.Escape(key.KeyType)} {key.Fingerprint} {Core.Model.Text.Escape(key.Comment)}", () => RemoveKey(user, key))),
            ],
            work.Jobs),
        "type a key's comment");

    private void AddKey(User user)
    {
        if (AskSheet.Ask(session, "Add a public key", $"A line of an authorized_keys file (the file that ends in .pub); {user.Name} may then sign in with it:", "Add", MaxKeyLine) is { Length: > 0 } line)
        {
            _picks.Then(ct => work.Product.Users.AddKeyAsync(work.Actor, user.Name, line, ct), key =>
            {
                work.Tell($"{user.Name} may sign in with {key.KeyType} {key.Fingerprint}.", Tone.Good);
                work.NoteChange();
            });
        }
    }

    private void RemoveKey(User user, UserKey key)
    {
        string last = user is { Keys.Count: 1, HasPassword: false } ? " Nothing is left to sign in with." : "";
        if (ConfirmSheet.Ask(session, "Remove a public key", $"{user.Name} can no longer sign in with {Core.Model.Text.Escape(key.KeyType)} {key.Fingerprint} {Core.Model.Text.Escape(key.Comment)}.{last}", "Remove", null))
        {
            work.Do(ct => work.Product.Users.RemoveKeyAsync(work.Actor, user.Name, key.Fingerprint, ct), $"{user.Name} has one key less.");
        }
    }

    private void ChangePassword(User user)
    {
        if (!user.HasPassword)
        {
            SetPassword(user);
            return;
        }

        PickSheet.Run(
            session,
            "Password of " + user.Name,
            new PickModel([new Choice("set another one", () => SetPassword(user)), new Choice("take it away: only keys sign in", () => TakePassword(user))], work.Jobs),
            "");
    }

    private void TakePassword(User user)
    {
        string last = user.Keys.Count == 0 ? " There is no key: nothing is left to sign in with." : "";
        if (ConfirmSheet.Ask(session, "Take the password away", $"{user.Name} can no longer sign in with a password.{last}", "Take it away", null))
        {
            work.Do(ct => work.Product.Users.SetPasswordAsync(work.Actor, user.Name, null, ct), $"{user.Name} has no password now.");
        }
    }

    private void SetPassword(User user)
    {
        using FormModel form = PersonForms.Password();
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                using Secret password = form.SecretOf(PersonForms.NewPassword)!;
                using Secret again = form.SecretOf(PersonForms.Again)!;
                if (!CryptographicOperations.FixedTimeEquals(password.Bytes, again.Bytes))
                {
                    return new SaveAnswer.Refused(Refusal.Invalid("The two are not the same.", PersonForms.Again));
                }

                Result<Done> set = await session.Jobs.CallAsync(c => work.Product.Users.SetPasswordAsync(work.Actor, user.Name, password, c), ct);
                return set.Refusal is { } no ? new SaveAnswer.Refused(no) : new SaveAnswer.Saved($"The password of {user.Name} is set.");
            },
            null,
            SignsIn: false);
        PersonForms.Run(session, work, "Password of " + user.Name, form, actions);
    }

    private void ShowSessions(User user)
    {
        Place sessions = new(PageTable.Sessions);
        sessions.List().Filter = "user=" + user.Name;
        work.Places.Go(sessions);
    }

    private void Remove(User user)
    {
        string effect = $"{user.Name} goes with keys, password and grants; live sessions end within seconds. What was done stays in the audit. It cannot be undone.";
        if (ConfirmSheet.Ask(session, "Remove user", effect, "Remove", user.Name))
        {
            work.Do(ct => work.Product.Users.RemoveAsync(work.Actor, user.Name, ct), $"{user.Name} is removed.");
        }
    }
}
