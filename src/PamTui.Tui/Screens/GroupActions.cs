using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with one group, wherever it is shown.</summary>
/// <param name="pointed">The group that the person is at; null: none.</param>
internal sealed class GroupActions(TuiSession session, Workplace work, Func<Group?> pointed)
{
    private readonly PeoplePicks _picks = new(session, work);

    public IReadOnlyList<ScreenAction> All =>
    [
        Of("m", "members: put some in, take others out", "members", ChangeMembers),
        Of("e", "rename: members and grants stay", "rename", Rename),
        Of("t", "grants of the group", "grants", group => work.Places.Go(new Place(PageTable.Grants, "group:" + group.Name))),
        Of("n", "give the group a grant", "grant", group => GrantDialogs.Add(session, work, "group:" + group.Name, "")),
        Of("Del x", "remove, after typing the name", "", Remove),
    ];

    private ScreenAction Of(string keys, string what, string shortWord, Action<Group> act) => new(keys, what, () =>
    {
        if (pointed() is { } group)
        {
            act(group);
        }
    })
    {
        Short = shortWord,
        WhyNot = () => work.AdminOnly ?? (pointed() is null ? "There is no group to do that with." : null),
    };

    private void ChangeMembers(Group group) => _picks.Users(users => _picks.Toggle(
        "Members of " + group.Name,
        "type a user; Enter puts in or takes out",
        [.. group.Members.Union(users).Order(StringComparer.Ordinal)],
        new HashSet<string>(group.Members, StringComparer.Ordinal),
        (user, goesIn, ct) => goesIn ? work.Product.Groups.AddMemberAsync(work.Actor, group.Name, user, ct) : work.Product.Groups.RemoveMemberAsync(work.Actor, group.Name, user, ct)));

    private void Rename(Group group)
    {
        string renamed = "";
        if (AskSheet.Do(
            session,
            "Rename group " + group.Name,
            "Members and grants stay. The new name:",
            "Rename",
            Names.MaxLength,
            async (name, ct) => (await work.Product.Groups.RenameAsync(work.Actor, group.Name, renamed = name, ct)).Refusal))
        {
            work.Tell($"{group.Name} is called {renamed} now.", Tone.Good);
            work.NoteChange();
        }
    }

    private void Remove(Group group)
    {
        string effect = $"{group.Name} goes with every grant that was given to it; sessions of its members that stand on one end within seconds. The members themselves stay.";
        if (ConfirmSheet.Ask(session, "Remove group", effect, "Remove", group.Name))
        {
            work.Do(ct => work.Product.Groups.RemoveAsync(work.Actor, group.Name, ct), $"{group.Name} is removed.");
        }
    }
}
