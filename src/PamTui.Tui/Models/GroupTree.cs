using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>What a grouped list asks for: the values with their counts, and the rows of one value.</summary>
/// <param name="Count">By filter and key.</param>
/// <param name="Load">By filter, key and value (null: none), a page.</param>
internal sealed record GroupSource<T>(
    Func<string, string, CancellationToken, Task<Result<MetadataGroups>>> Count,
    Func<string, string, string?, PageRequest, CancellationToken, Task<Result<Page<T>>>> Load);

/// <summary>One value of the key, and its rows once they have been asked for.</summary>
internal sealed class GroupBranch<T>(string? value)
    where T : class
{
    /// <summary>Null: what lacks the key.</summary>
    public string? Value => value;

    public int Count { get; set; }

    /// <summary>Null: closed.</summary>
    public ListModel<T>? Rows { get; set; }

    public int Height => 1 + (Rows?.Total ?? 0);
}

/// <summary>
/// A list as a tree of the values of a metadata key: each value with its count, those that are open with their rows below, paged as the
/// plain list is. The selection is a value or a row by id, whatever the others do. Lives on the UI thread.
/// </summary>
internal sealed class GroupTree<T>(Jobs jobs, GroupSource<T> source, Func<T, long> idOf)
    where T : class
{
    private IReadOnlyList<GroupBranch<T>> _branches = [];
    private GroupBranch<T>? _branch;
    private bool _onRow;
    private string _filter = "";
    private bool _isAsked;
    private long _generation;

    public event Action? Changed;

    /// <summary>Another value or row is selected.</summary>
    public event Action? SelectionChanged;

    /// <summary>Empty: the list is no tree.</summary>
    public string Key { get; private set; } = "";

    public bool IsOn => Key.Length > 0;

    public Refusal? Refusal { get; private set; }

    /// <summary>Other values or rows than those that are there were asked for: whoever moves now means what comes.</summary>
    public bool IsAwaited => _isAsked || _branches.Any(branch => branch.Rows is { IsAwaited: true });

    /// <summary>There are more values than are shown.</summary>
    public bool IsCut { get; private set; }

    public IReadOnlyList<GroupBranch<T>> Branches => _branches;

    public int Count => _branches.Sum(branch => branch.Height);

    /// <summary>The value that is selected, or that has the selected row.</summary>
    public GroupBranch<T>? Branch => _branch;

    /// <summary>The selected row; null while a value is selected.</summary>
    public T? Pointed => _onRow ? _branch?.Rows?.SelectedItem : null;

    public int Selected
    {
        get
        {
            int at = 0;
            foreach (GroupBranch<T> branch in _branches)
            {
                if (branch == _branch)
                {
                    return at + (_onRow && branch.Rows is { Total: > 0 } rows ? 1 + rows.Selected : 0);
                }

                at += branch.Height;
            }

            return 0;
        }
    }

    /// <param name="open">Values that are open from the start.</param>
    /// <param name="at">The value to select, and a row of it; null: the first.</param>
    public void Show(string key, string filter, IReadOnlyCollection<string?> open, (string? Value, Func<T, bool>? Row)? at)
    {
        (Key, _filter) = (key, filter);
        Close();
        _isAsked = IsOn;
        if (IsOn)
        {
            Load(open, at);
        }
        else
        {
            Changed?.Invoke();
        }
    }

    public void SetFilter(string filter)
    {
        if (filter != _filter)
        {
            _filter = filter;
            _isAsked = IsOn;
            Reload();
        }
    }

    /// <summary>Counts again; what is open stays open, and what is selected stays selected.</summary>
    public void Reload()
    {
        if (IsOn)
        {
            Load([], _branch is { } branch ? (branch.Value, null) : null);
        }
    }

    /// <summary>The value, and the row of it (null: the value itself), at a line of the tree.</summary>
    public (GroupBranch<T> Branch, int? Row)? At(int index)
    {
        foreach (GroupBranch<T> branch in _branches)
        {
            if (index < branch.Height)
            {
                return (branch, index == 0 ? null : index - 1);
            }

            index -= branch.Height;
        }

        return null;
    }

    public void Select(int index)
    {
        if (At(index) is { } at)
        {
            (_branch, _onRow) = (at.Branch, at.Row is not null);
            if (at.Row is { } row)
            {
                at.Branch.Rows!.Select(row);
            }

            SelectionChanged?.Invoke();
        }
    }

    /// <summary>Opens the selected value, or closes the one that is selected or has the selected row.</summary>
    public void Toggle()
    {
        if (_branch is not { } branch)
        {
            return;
        }

        if (branch.Rows is not null)
        {
            Close(branch);
            _onRow = false;
            Changed?.Invoke();
            SelectionChanged?.Invoke();
        }
        else
        {
            Open(branch, null);
        }
    }

    private void Close()
    {
        foreach (GroupBranch<T> branch in _branches)
        {
            Close(branch);
        }

        (_branches, _branch, _onRow, Refusal, IsCut) = ([], null, false, null, false);
        _generation++;
    }

    private void Close(GroupBranch<T> branch)
    {
        if (branch.Rows is { } rows)
        {
            rows.Stop();
            rows.Changed -= OnRows;
            branch.Rows = null;
        }
    }

    private void Open(GroupBranch<T> branch, Func<T, bool>? wanted)
    {
        string? value = branch.Value;
        branch.Rows = new ListModel<T>(jobs, (_, page, ct) => source.Load(_filter, Key, value, page, ct), idOf);
        branch.Rows.Changed += OnRows;
        branch.Rows.Reload(wanted);
    }

    private void OnRows()
    {
        Changed?.Invoke();
        SelectionChanged?.Invoke();
    }

    private void Load(IReadOnlyCollection<string?> open, (string? Value, Func<T, bool>? Row)? at)
    {
        long generation = ++_generation;
        (string filter, string key) = (_filter, Key);
        jobs.Start(async ct =>
        {
            Result<MetadataGroups> groups = await jobs.CallAsync(c => source.Count(filter, key, c), ct);
            if (generation == _generation)
            {
                Take(groups, open, at);
            }
        });
    }

    private void Take(Result<MetadataGroups> groups, IReadOnlyCollection<string?> open, (string? Value, Func<T, bool>? Row)? at)
    {
        (Refusal, _isAsked) = (groups.Refusal, false);
        if (groups.Refusal is not null)
        {
            Changed?.Invoke();
            return;
        }

        List<GroupBranch<T>> branches = [];
        foreach (MetadataGroup group in groups.Value.Groups)
        {
            GroupBranch<T> branch = _branches.FirstOrDefault(known => known.Value == group.Value) ?? new GroupBranch<T>(group.Value);
            branch.Count = group.Count;
            branches.Add(branch);
            bool isAt = at is { Row: not null } && at.Value.Value == group.Value;
            _onRow |= isAt;
            if (branch.Rows is { } rows)
            {
                rows.Reload();
            }
            else if (isAt || open.Contains(group.Value))
            {
                Open(branch, isAt ? at!.Value.Row : null);
            }
        }

        foreach (GroupBranch<T> gone in _branches.Except(branches))
        {
            Close(gone);
        }

        (_branches, IsCut) = (branches, !groups.Value.AreAll);
        GroupBranch<T>? selected = at is { } wanted ? branches.Find(branch => branch.Value == wanted.Value) : null;
        _onRow &= selected is not null;
        _branch = selected ?? branches.FirstOrDefault();
        Changed?.Invoke();
        SelectionChanged?.Invoke();
    }
}
