using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Every resource that the person sees, one a row.</summary>
internal sealed class ResourcesPage : ListPage<Resource>
{
    private readonly ResourceActions _actions;
    private readonly MarkedResources _marked;

    public ResourcesPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.Id)
    {
        _actions = new ResourceActions(session, work, () => Pointed);
        _marked = new MarkedResources(session, work, Marks, Refresh);
        Columns = ResourceColumns.All(work.Time);
    }

    protected override string Heading => "RESOURCES";

    protected override IReadOnlyList<ListColumn<Resource>> Columns { get; }

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "its accounts", null) { Short = "accounts" },
        _actions.Details,
        new("a", "add a resource", Add) { Short = "add", WhyNot = () => Work.AdminOnly },
        .. _actions.Changes,
    ];

    protected override IReadOnlyList<ScreenAction> MarkedActions => _marked.All;

    protected override IReadOnlyList<StyledLine> WhyEmpty => Work.Actor.IsAdmin
        ? [StyledLine.Of("No resources yet: press a to add the first."), StyledLine.Of("A resource is a server or a database to reach.", Tone.Dim)]
        : [StyledLine.Of("Nothing is granted to you yet."), StyledLine.Of("Ask an admin for a grant.", Tone.Dim)];

    protected override Func<string, string, CancellationToken, Task<Result<MetadataGroups>>> Groups =>
        (filter, key, ct) => Work.Product.Groupings.ResourcesAsync(Work.Actor, filter, key, ct);

    protected override string NameOf(Resource row) => row.Name;

    protected override void OnChosen()
    {
        if (Pointed is { } resource)
        {
            Place accounts = new(PageTable.Accounts, resource.Name);
            Work.Places.Go(accounts);
        }
    }

    protected override Task<Result<Page<Resource>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct)
    {
        IReadOnlyList<SortKey<ResourceSort>> order = Words.Parse<ResourceSort>(look.Sort, Words.Of) is { } by ? [new SortKey<ResourceSort>(by, look.IsDescending)] : [];
        return Work.Product.Resources.ListSortedAsync(Work.Actor, filter, order, page, ct);
    }

    private void Add()
    {
        if (Dialogs.AddResource(Session, Work) is { } name)
        {
            ShowRow(name);
        }
    }
}
