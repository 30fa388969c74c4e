using PamTui.Core.Model;

namespace PamTui.Tui.Models;

internal enum BrowsePane
{
    Resources,
    Accounts,
}

/// <summary>The browser without its looks: the resources, and the accounts of the one that is selected.</summary>
internal sealed class BrowseModel
{
    private const string ResourceList = "resources";
    private const string AccountList = "accounts";

    private readonly Workplace _work;
    private readonly Place _place;
    private readonly string? _firstAccount;
    private volatile string? _scope;
    private bool _isScoped;

    public BrowseModel(Workplace work, Place place)
    {
        (_work, _place) = (work, place);
        Resources = new ListModel<Resource>(work.Jobs, (filter, page, ct) => work.Product.Resources.ListAsync(work.Actor, filter, page, ct), row => row.Id);
        Accounts = new ListModel<Account>(work.Jobs, ListAccountsAsync, row => row.Id);
        ResourceOf = new ResourceLookup(work, Resources);
        Resources.Changed += OnResourcesChanged;
        Resources.SelectionChanged += OnResourceSelected;
        Accounts.Changed += Raise;
        Accounts.SelectionChanged += Raise;
        ResourceOf.Found += Raise;
        work.Starred.Changed += Raise;
        Pane = place.Part == AccountList ? BrowsePane.Accounts : BrowsePane.Resources;
        _firstAccount = place.List(AccountList).Selected;
    }

    public event Action? Changed;

    public ListModel<Resource> Resources { get; }

    public ListModel<Account> Accounts { get; }

    public ResourceLookup ResourceOf { get; }

    public BrowsePane Pane { get; private set; }

    /// <summary>The first row of the left list: accounts of every resource are shown.</summary>
    public bool IsAll { get; private set; } = true;

    public Resource? SelectedResource => IsAll ? null : Resources.SelectedItem;

    public Account? SelectedAccount => Accounts.SelectedItem;

    /// <summary>What an action on "the resource" is about: only while the left list is in use.</summary>
    public Resource? PointedResource => Pane == BrowsePane.Resources ? SelectedResource : null;

    /// <summary>What an action on "the account" is about: only while the right list is in use.</summary>
    public Account? PointedAccount => Pane == BrowsePane.Accounts ? SelectedAccount : null;

    public bool IsLoaded => Resources.IsLoaded && Accounts.IsLoaded;

    public bool IsEmpty => Resources is { IsLoaded: true, Total: 0, Filter.Length: 0 };

    public ListMemory Memory(BrowsePane pane) => _place.List(pane == BrowsePane.Resources ? ResourceList : AccountList);

    /// <summary>Nobody looks at it any more.</summary>
    public void Leave() => _work.Starred.Changed -= Raise;

    public void Load()
    {
        string? resource = Memory(BrowsePane.Resources).Selected;
        IsAll = resource is null;
        Accounts.StartWith(Memory(BrowsePane.Accounts).Filter);
        Resources.StartWith(Memory(BrowsePane.Resources).Filter);
        Resources.Reload(resource is { } name ? row => row.Name == name : null);
        Rescope();
    }

    public void Refresh()
    {
        ResourceOf.Clear();
        Resources.Reload();
        Accounts.Reload();
    }

    public void Focus(BrowsePane pane)
    {
        Pane = pane;
        Keep();
        Raise();
    }

    /// <param name="row">0: all resources.</param>
    public void SelectResource(int row)
    {
        IsAll = row == 0;
        if (!IsAll)
        {
            Resources.Select(row - 1);
        }

        Rescope();
        Keep();
        Raise();
    }

    public void SelectAccount(int row)
    {
        Accounts.Select(row);
        Keep();
        Raise();
    }

    public void SetFilter(BrowsePane pane, string filter)
    {
        if (pane == BrowsePane.Resources)
        {
            Resources.SetFilter(filter);
        }
        else
        {
            Accounts.SetFilter(filter);
        }

        Keep();
    }

    /// <summary>Shows an account that was just added, wherever it sorts.</summary>
    public void ShowAccount(AccountRef reference)
    {
        Resources.Reload();
        Accounts.Reload(row => row.Reference == reference);
        Focus(BrowsePane.Accounts);
    }

    public void ShowResource(string name)
    {
        ResourceOf.Clear();
        IsAll = false;
        Resources.Reload(row => row.Name == name);
    }

    private Task<Result<Page<Account>>> ListAccountsAsync(string filter, PageRequest page, CancellationToken ct) =>
        AccountScope.ListAsync(filter, _scope ?? "", inner => _work.Product.Accounts.ListAsync(_work.Actor, inner, page, ct));

    private void OnResourcesChanged()
    {
        if (Resources is { IsLoaded: true, Total: 0 })
        {
            IsAll = true;
        }

        Rescope();
        Raise();
    }

    private void OnResourceSelected()
    {
        Rescope();
        Raise();
    }

    // Asks for the accounts again when they are those of another resource than before.
    private void Rescope()
    {
        string? scope = SelectedResource?.Name;
        if ((!IsAll && scope is null) || (_isScoped && scope == _scope))
        {
            return;
        }

        string? wanted = _isScoped ? null : _firstAccount;
        (_scope, _isScoped) = (scope, true);
        Accounts.Restart(wanted is null ? null : row => row.Reference.ToString() == wanted);
    }

    private void Keep()
    {
        if (!IsLoaded)
        {
            return;
        }

        _place.Part = Pane == BrowsePane.Accounts ? AccountList : ResourceList;
        (Memory(BrowsePane.Resources).Filter, Memory(BrowsePane.Resources).Selected) = (Resources.Filter, SelectedResource?.Name);
        (Memory(BrowsePane.Accounts).Filter, Memory(BrowsePane.Accounts).Selected) = (Accounts.Filter, SelectedAccount?.Reference.ToString());
    }

    private void Raise() => Changed?.Invoke();
}
