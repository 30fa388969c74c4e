using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Every account that the person sees, one a row.</summary>
internal sealed class AccountsPage : ListPage<Account>
{
    private readonly AccountActions _actions;
    private readonly MarkedAccounts _marked;

    public AccountsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.Id)
    {
        _actions = new AccountActions(session, work, () => Pointed);
        _marked = new MarkedAccounts(session, work, Marks, Refresh);
        Columns = AccountColumns.All(work.Time, work.Starred);
        work.Starred.Changed += Refresh;
    }

    protected override string Heading => Place.Subject.Length == 0 ? "ACCOUNTS" : "ACCOUNTS of " + Place.Subject;

    protected override IReadOnlyList<ListColumn<Account>> Columns { get; }

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        _actions.Connect with { Run = null },
        _actions.Details,
        new("a", Place.Subject.Length == 0 ? "add an account: choose the resource, then fill the form" : "add an account to " + Place.Subject, OpenAdd)
        {
            Short = Work.Actor.IsAdmin ? "add" : "",
            WhyNot = () => Work.AdminOnly,
        },
        .. _actions.Changes,
    ];

    protected override IReadOnlyList<ScreenAction> MarkedActions => _marked.All;

    protected override IReadOnlyList<StyledLine> WhyEmpty => Work.Actor.IsAdmin
        ? [StyledLine.Of("No accounts yet: press a to add the first."), StyledLine.Of("An account is one set of credentials on a resource.", Tone.Dim)]
        : [StyledLine.Of("Nothing is granted to you yet."), StyledLine.Of("Ask an admin for a grant.", Tone.Dim)];

    protected override Func<string, string, CancellationToken, Task<Result<MetadataGroups>>> Groups =>
        (filter, key, ct) => Work.Product.Groupings.AccountsAsync(Work.Actor, AccountScope.Filter(filter, Place.Subject), key, ct);

    protected override string NameOf(Account row) => row.Reference.ToString();

    protected override void OnChosen() => _actions.Connect.Run!();

    // The form needs all of the resource.
    private void OpenAdd()
    {
        PeoplePicks picks = new(Session, Work);
        if (Place.Subject.Length == 0)
        {
            picks.Resource("Add an account to", Add, Pointed?.Resource);
        }
        else
        {
            picks.Then(ct => Work.Product.Resources.FindAsync(Work.Actor, Place.Subject, ct), Add);
        }
    }

    private void Add(Resource resource)
    {
        if (Dialogs.AddAccount(Session, Work, resource) is { } added)
        {
            ShowRow(added.ToString());
        }
    }

    protected override void Dispose(bool disposing)
    {
        Work.Starred.Changed -= Refresh;
        base.Dispose(disposing);
    }

    protected override Task<Result<Page<Account>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct)
    {
        IReadOnlyList<SortKey<AccountSort>> order = Words.Parse<AccountSort>(look.Sort, Words.Of) is { } by ? [new SortKey<AccountSort>(by, look.IsDescending)] : [];
        return AccountScope.ListAsync(filter, Place.Subject, inner => Work.Product.Accounts.ListSortedAsync(Work.Actor, inner, order, page, ct));
    }
}
