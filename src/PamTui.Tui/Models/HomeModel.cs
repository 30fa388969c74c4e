using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

internal enum HomePane
{
    Resources,
    Accounts,
}

/// <summary>The main screen without its looks: two lists, what is selected in them, and what can be done with it.</summary>
internal sealed class HomeModel
{
    private readonly Product _product;
    private readonly Jobs _jobs;
    private readonly ShellOptions _options;
    private readonly ShellState _state;
    private readonly Dictionary<string, Resource> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private volatile string? _scope;
    private readonly AccountRef? _first;
    private bool _isScoped;
    private CancellationTokenSource? _check;

    public HomeModel(Product product, Actor actor, Jobs jobs, ShellOptions options, ShellState state, TimeProvider time)
    {
        (_product, Actor, _jobs, _options, _state, Time) = (product, actor, jobs, options, state, time);
        Resources = new ListModel<Resource>(jobs, (filter, page, ct) => product.Resources.ListAsync(actor, filter, page, ct), row => row.Id);
        Accounts = new ListModel<Account>(jobs, ListAccountsAsync, row => row.Id);
        Resources.Changed += OnResourcesChanged;
        Resources.SelectionChanged += OnResourceSelected;
        Accounts.Changed += Raise;
        Accounts.SelectionChanged += Raise;
        Pane = state.Pane;
        _first = state.Account;
    }

    public event Action? Changed;

    /// <summary>A sentence for a few seconds: what was done, or why not.</summary>
    public event Action<string, Tone>? Told;

    /// <summary>A host showed a key that nobody has accepted yet.</summary>
    public event Action<Resource, SeenHostKey>? HostKeyShown;

    public Actor Actor { get; }

    public TimeProvider Time { get; }

    public Product Product => _product;

    public Jobs Jobs => _jobs;

    public ListModel<Resource> Resources { get; }

    public ListModel<Account> Accounts { get; }

    public HomePane Pane { get; private set; }

    /// <summary>The first row of the left list: accounts of every resource are shown.</summary>
    public bool IsAll { get; private set; } = true;

    public Resource? SelectedResource => IsAll ? null : Resources.SelectedItem;

    public Account? SelectedAccount => Accounts.SelectedItem;

    public bool IsLoaded => Resources.IsLoaded && Accounts.IsLoaded;

    public DateTimeOffset Now => Time.GetUtcNow();

    public void Load()
    {
        IsAll = _state.Resource is null;
        Accounts.StartWith(_state.AccountFilter);
        Resources.StartWith(_state.ResourceFilter);
        Resources.Reload(_state.Resource is { } name ? row => row.Name == name : null);
        Rescope();
    }

    public void Refresh()
    {
        _found.Clear();
        _asked.Clear();
        Resources.Reload();
        Accounts.Reload();
    }

    public void Focus(HomePane pane)
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

    public void SetFilter(HomePane pane, string filter)
    {
        if (pane == HomePane.Resources)
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
        _state.Account = reference;
        Focus(HomePane.Accounts);
    }

    public void ShowResource(string name)
    {
        _found.Remove(name);
        _asked.Remove(name);
        IsAll = false;
        Resources.Reload(row => row.Name == name);
    }

    /// <summary>The resource of an account, asked for when it has not been seen yet.</summary>
    public Resource? ResourceOf(Account account)
    {
        if (Resources.LoadedRows.FirstOrDefault(row => row.Id == account.ResourceId) is { } row)
        {
            return row;
        }

        if (_found.TryGetValue(account.Resource, out Resource? found))
        {
            return found;
        }

        if (!_asked.Add(account.Resource))
        {
            return null;
        }

        _jobs.Start(async ct =>
        {
            Result<Resource> answer = await _jobs.CallAsync(c => _product.Resources.FindAsync(Actor, account.Resource, c), ct);
            if (answer.IsOk)
            {
                _found[account.Resource] = answer.Value;
                Raise();
            }
        });
        return null;
    }

    /// <summary>Commands that bring a person to the account from his own machine, the shortest first.</summary>
    public IReadOnlyList<string> SshLines(Account account)
    {
        string user = _options.SignInName.Length > 0 ? _options.SignInName : Actor.UserId is null ? "YOU" : Actor.Name;
        string port = _options.GatewayPort == 22 ? "" : $" -p {_options.GatewayPort}";
        string full = $"ssh{port} {user}@{account.Name}@{account.Resource}@{_options.GatewayHost}";
        return account.Alias is { } alias ? [$"ssh{port} {user}@{alias}@{_options.GatewayHost}", full] : [full];
    }

    /// <summary>Signs in with the stored credential, off the screen's way; the mark and a sentence tell how it went.</summary>
    public void CheckNow(Account account)
    {
        StartCheck($"Checking {account.Reference}… Esc stops it.", async ct =>
        {
            Result<CheckReport> report = await _jobs.CallAsync(c => _product.Accounts.CheckAsync(Actor, account.Reference, null, c), ct);
            if (report.Refusal is { } no)
            {
                Told?.Invoke(no.Message, Tone.Bad);
                return;
            }

            Told?.Invoke(
                report.Value.Failure is { } failure ? $"{account.Reference}: {failure.Message}" : $"{account.Reference} signs in ({report.Value.Elapsed.TotalMilliseconds:0} ms).",
                report.Value.Passed ? Tone.Good : Tone.Bad);
            Accounts.Reload();
        });
    }

    /// <summary>Sees who answers at the resource's address; no credential is sent.</summary>
    public void CheckNow(Resource resource)
    {
        StartCheck($"Looking who answers at {DetailsText.Address(resource)}… Esc stops it.", async ct =>
        {
            Result<CheckReport> report = await _jobs.CallAsync(c => _product.Resources.CheckAsync(Actor, resource.Name, null, c), ct);
            if (report.Refusal is { } no)
            {
                Told?.Invoke(no.Message, Tone.Bad);
            }
            else if (report.Value is { Failure.Cause: CheckCause.HostKeyUnknown, HostKey: { } key })
            {
                HostKeyShown?.Invoke(resource, key);
            }
            else
            {
                Told?.Invoke(
                    report.Value.Failure is { } failure ? $"{resource.Name}: {failure.Message}" : $"{resource.Name} answers and is who it should be ({report.Value.Elapsed.TotalMilliseconds:0} ms).",
                    report.Value.Passed ? Tone.Good : Tone.Bad);
            }
        });
    }

    /// <summary>Stops the check that runs; false when none does.</summary>
    public bool StopCheck()
    {
        if (_check is not { } check)
        {
            return false;
        }

        check.Cancel();
        return true;
    }

    public void Pin(Resource resource, SeenHostKey key) => _jobs.Start(async ct =>
    {
        Result<Resource> pinned = await _jobs.CallAsync(c => _product.Resources.PinHostKeyAsync(Actor, resource.Name, key, "accepted by " + Actor.Name, c), ct);
        Told?.Invoke(pinned.Refusal?.Message ?? $"The host key of {resource.Name} is pinned.", pinned.IsOk ? Tone.Good : Tone.Bad);
        Resources.Reload();
    });

    public void Remove(Account account) => _jobs.Start(async ct =>
    {
        Result<Done> done = await _jobs.CallAsync(c => _product.Accounts.RemoveAsync(Actor, account.Reference, c), ct);
        Tell(done, $"{account.Reference} is removed.");
        Refresh();
    });

    public void Remove(Resource resource) => _jobs.Start(async ct =>
    {
        Result<Done> done = await _jobs.CallAsync(c => _product.Resources.RemoveAsync(Actor, resource.Name, c), ct);
        Tell(done, $"{resource.Name} is removed with its accounts.");
        Refresh();
    });

    public void Tell(string sentence, Tone tone) => Told?.Invoke(sentence, tone);

    private void StartCheck(string sentence, Func<CancellationToken, Task> work)
    {
        StopCheck();
        CancellationTokenSource check = new();
        _check = check;
        Told?.Invoke(sentence, Tone.Normal);
        _jobs.Start(
            async ct =>
            {
                try
                {
                    await work(ct);
                }
                catch (OperationCanceledException) when (check.IsCancellationRequested)
                {
                    Told?.Invoke("The check was stopped.", Tone.Normal);
                }
                finally
                {
                    if (_check == check)
                    {
                        _check = null;
                    }

                    check.Dispose();
                }
            },
            check.Token);
    }

    private void Tell(Result<Done> done, string sentence) => Told?.Invoke(done.Refusal?.Message ?? sentence, done.IsOk ? Tone.Good : Tone.Bad);

    private Task<Result<Page<Account>>> ListAccountsAsync(string filter, PageRequest page, CancellationToken ct)
    {
        string? resource = _scope;
        return resource is null ? _product.Accounts.ListAsync(Actor, filter, page, ct)
            : filter.Length == 0 ? _product.Accounts.ListAsync(Actor, "resource=" + resource, page, ct)
            : ListFilteredAsync(filter, resource, page, ct);
    }

    // The refusal of a filter that does not parse names a place in it: it must be the place in what was typed.
    private async Task<Result<Page<Account>>> ListFilteredAsync(string filter, string resource, PageRequest page, CancellationToken ct)
    {
        Result<Page<Account>> answer = await _product.Accounts.ListAsync(Actor, $"resource={resource} ({filter})", page, ct);
        if (answer.IsOk)
        {
            return answer;
        }

        Result<Page<Account>> alone = await _product.Accounts.ListAsync(Actor, filter, new PageRequest(0, 1), ct);
        return alone.Refusal is { } why ? why : answer;
    }

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

        AccountRef? wanted = _isScoped ? null : _first;
        (_scope, _isScoped) = (scope, true);
        Accounts.Restart(wanted is null ? null : row => row.Reference == wanted);
    }

    private void Keep()
    {
        if (!IsLoaded)
        {
            return;
        }

        _state.Pane = Pane;
        _state.Resource = SelectedResource?.Name;
        _state.Account = SelectedAccount?.Reference;
        _state.ResourceFilter = Resources.Filter;
        _state.AccountFilter = Accounts.Filter;
    }

    private void Raise() => Changed?.Invoke();
}
