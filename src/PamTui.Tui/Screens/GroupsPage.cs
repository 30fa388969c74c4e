using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Groups of users, which grants are given to as to one.</summary>
internal sealed class GroupsPage : ListPage<Group>
{
    private readonly GroupActions _actions;

    public GroupsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.Id) => _actions = new GroupActions(session, work, () => Pointed);

    protected override string Heading => "GROUPS";

    protected override IReadOnlyList<ListColumn<Group>> Columns => GroupColumns.All;

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "details: members and grants", null) { Short = "details" },
        new("a", "add a group", Add) { Short = "add", WhyNot = () => Work.AdminOnly },
        .. _actions.All,
    ];

    protected override string FilterWords => "filter: words, name~ops, member=bob, -word, a OR b";

    protected override IReadOnlyList<ScreenAction> MarkedActions => [new("Del x", "remove all marked", Remove) { Short = "remove" }];

    protected override IReadOnlyList<StyledLine> WhyEmpty => [StyledLine.Of("No groups yet: press a to add the first."), StyledLine.Of("What is granted to a group its members may do.", Tone.Dim)];

    protected override string NameOf(Group row) => row.Name;

    protected override Task<Result<Page<Group>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct) =>
        Work.Product.Groups.ListAsync(Work.Actor, filter, page, ct);

    protected override void OnChosen()
    {
        if (Pointed is { } row)
        {
            Work.Places.Go(new Place(PageTable.Group, row.Name));
        }
    }

    private void Add()
    {
        string added = "";
        if (AskSheet.Do(Session, "Add group", "Its name (a-z, 0-9, '.', '_', '-'):", "Add", Names.MaxLength, async (name, ct) => (await Work.Product.Groups.AddAsync(Work.Actor, added = name, ct)).Refusal))
        {
            Work.Tell($"{added} is added: m puts members in, n gives it a grant.", Tone.Good);
            ShowRow(added);
        }
    }

    private void Remove()
    {
        string effect = string.Create(CultureInfo.InvariantCulture, $"{Marks.Count} groups go with every grant that was given to them; sessions that stand on one end. The members themselves stay.");
        if (ConfirmSheet.Ask(Session, "Remove groups", effect, "Remove", string.Create(CultureInfo.InvariantCulture, $"remove {Marks.Count}")))
        {
            new Batch<Group>("Removing", "are removed", NameOf, async (group, ct) =>
                (await Work.Jobs.CallAsync(c => Work.Product.Groups.RemoveAsync(Work.Actor, group.Name, c), ct)).Refusal).Start(Work, Marks.Rows, left =>
            {
                Marks.Keep(left);
                Refresh();
            });
        }
    }
}
