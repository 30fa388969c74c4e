using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Everybody who may sign in to the gateway.</summary>
internal sealed class UsersPage : ListPage<ListedUser>
{
    private readonly UserActions _actions;

    public UsersPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.User.Id)
    {
        _actions = new UserActions(session, work, () => Pointed?.User);
        Columns = UserColumns.All(work.Time);
    }

    protected override string Heading => "USERS";

    protected override IReadOnlyList<ListColumn<ListedUser>> Columns { get; }

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "details: keys, groups, grants, last sign-in", null) { Short = "details" },
        new("a", "add a user", Add) { Short = "add", WhyNot = () => Work.AdminOnly },
        .. _actions.All,
    ];

    protected override string FilterWords => "filter: words, role=admin, state=disabled, group=ops, -word, a OR b";

    protected override IReadOnlyList<ScreenAction> MarkedActions =>
    [
        new("D", "disable all marked: they can no longer sign in, live sessions end", Disable) { Short = "disable" },
        new("E", "enable all marked again", () => Start("Enabling", "may sign in", (user, ct) => Work.Product.Users.SetDisabledAsync(Work.Actor, user.Name, false, ct))) { Short = "enable" },
        new("m", "put all marked into a group", PutIntoGroup) { Short = "group" },
        new("Del x", "remove all marked", Remove) { Short = "remove" },
    ];

    protected override IReadOnlyList<StyledLine> WhyEmpty => [StyledLine.Of("No users yet: press a to add the first."), StyledLine.Of("Until then only who owns the data folder can use this vault.", Tone.Dim)];

    private string Count => string.Create(CultureInfo.InvariantCulture, $"{Marks.Count} users");

    protected override string NameOf(ListedUser row) => row.User.Name;

    protected override Task<Result<Page<ListedUser>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct) =>
        Work.Product.Users.ListAsync(Work.Actor, filter, page, ct);

    protected override void OnChosen()
    {
        if (Pointed is { } row)
        {
            Work.Places.Go(new Place(PageTable.User, row.User.Name));
        }
    }

    private void Add()
    {
        if (PersonForms.AddUser(Session, Work) is { } name)
        {
            ShowRow(name);
        }
    }

    private void Disable()
    {
        if (ConfirmSheet.Ask(Session, "Disable users", $"{Count} can no longer sign in, and their live sessions end within seconds. Keys, groups and grants stay.", "Disable", null))
        {
            Start("Disabling", "are disabled", (user, ct) => Work.Product.Users.SetDisabledAsync(Work.Actor, user.Name, true, ct));
        }
    }

    private void PutIntoGroup() => new PeoplePicks(Session, Work).Groups(groups => PickSheet.Run(
        Session,
        "Put into which group",
        new PickModel([.. groups.Select(group => new Choice(group.Name, () => PutInto(group)))], Work.Jobs),
        "type a group's name"));

    private void PutInto(Group group) => Start("Putting into " + group.Name, "are in " + group.Name, (user, ct) => group.Members.Contains(user.Name)
        ? Task.FromResult<Result<Done>>(default(Done))
        : Work.Product.Groups.AddMemberAsync(Work.Actor, group.Name, user.Name, ct));

    private void Remove()
    {
        string effect = $"{Count} go with their keys, passwords and grants; their live sessions end. It cannot be undone.";
        if (ConfirmSheet.Ask(Session, "Remove users", effect, "Remove", string.Create(CultureInfo.InvariantCulture, $"remove {Marks.Count}")))
        {
            Start("Removing", "are removed", (user, ct) => Work.Product.Users.RemoveAsync(Work.Actor, user.Name, ct));
        }
    }

    private void Start(string doing, string done, Func<User, CancellationToken, Task<Result<Done>>> act) =>
        new Batch<ListedUser>(doing, done, NameOf, async (row, ct) => (await Work.Jobs.CallAsync(c => act(row.User, c), ct)).Refusal).Start(Work, Marks.Rows, left =>
        {
            Marks.Keep(left);
            Refresh();
        });
}
