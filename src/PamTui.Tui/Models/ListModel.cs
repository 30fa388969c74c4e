using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>
/// A filtered list with one selected row, loaded page by page as it is looked at. The selection is kept by id, not by row. Lives on
/// the UI thread; an answer that a newer question has overtaken is dropped.
/// </summary>
internal sealed class ListModel<T>(Jobs jobs, Func<string, PageRequest, CancellationToken, Task<Result<Page<T>>>> load, Func<T, long> idOf)
    where T : class
{
    private const int PageSize = 200;

    /// <summary>Pages kept; the ones farthest from the selection go first.</summary>
    private const int MaxPages = 8;

    /// <summary>How far a row that should be selected is looked for.</summary>
    private const int MaxSearchedPages = 50;

    private static readonly Func<T, bool> s_none = static _ => false;

    private readonly Dictionary<int, IReadOnlyList<T>> _pages = [];
    private readonly HashSet<int> _asked = [];
    private long _generation;
    private long _moves;
    private T? _selectedItem;
    private CancellationTokenSource? _loading;
    private Func<T, bool>? _wanted;

    public event Action? Changed;

    /// <summary>Another row is selected, or the selected one has other content.</summary>
    public event Action? SelectionChanged;

    public string Filter { get; private set; } = "";

    /// <summary>Rows the filter leaves; 0 until the first answer.</summary>
    public int Total { get; private set; }

    /// <summary>Rows without the filter.</summary>
    public int Unfiltered { get; private set; }

    public int Selected { get; private set; }

    /// <summary>Why the list is not what was asked for: a filter that does not parse (the rows are the last good ones), or the store.</summary>
    public Refusal? Refusal { get; private set; }

    public bool IsLoaded { get; private set; }

    /// <summary>
    /// Other rows than those that are there were asked for, or another one is to be selected: whoever moves now means what comes.
    /// Not while the same list is only read again.
    /// </summary>
    public bool IsAwaited { get; private set; } = true;

    public T? SelectedItem => Total == 0 ? null : Loaded(Selected) ?? _selectedItem;

    /// <summary>The row, or null while it is being loaded.</summary>
    public T? this[int index]
    {
        get
        {
            if (index < 0 || index >= Total)
            {
                return null;
            }

            T? row = Loaded(index);
            if (row is null && _asked.Add(index / PageSize))
            {
                long generation = _generation;
                jobs.Start(ct => LoadPageAsync(index / PageSize, generation, ct));
            }

            return row;
        }
    }

    public IEnumerable<T> LoadedRows => _pages.Values.SelectMany(page => page);

    public void Select(int index)
    {
        _moves++;
        Selected = Math.Clamp(index, 0, Math.Max(0, Total - 1));
        NoteSelection();
    }

    /// <summary>The filter of the first load, and the row near which it is likely to go on.</summary>
    public void StartWith(string filter, int row = 0) => (Filter, Selected) = (filter, row);

    /// <summary>Gives up on an answer that takes long; the rows stay those of before. False: none is waited for.</summary>
    public bool Stop()
    {
        if (_loading is not { } loading)
        {
            return false;
        }

        _generation++;
        (_loading, _wanted, IsAwaited) = (null, null, false);
        loading.Cancel();
        return true;
    }

    /// <summary>Asks for another list: the first row is selected, or the one that <paramref name="wanted"/> says yes to.</summary>
    public void Restart(Func<T, bool>? wanted = null)
    {
        Selected = 0;
        Reload(wanted ?? s_none);
    }

    public void SetFilter(string filter)
    {
        if (filter != Filter)
        {
            Filter = filter;
            IsAwaited = true;
            Reload();
        }
    }

    /// <summary>
    /// Asks again; afterwards the row that <paramref name="wanted"/> says yes to is selected, or else the one that is when the answer
    /// comes. What was wanted by a question that is not answered yet is still wanted.
    /// </summary>
    public void Reload(Func<T, bool>? wanted = null)
    {
        _wanted = wanted ??= _wanted;
        IsAwaited |= wanted is not null;
        long generation = ++_generation;
        _loading?.Cancel();
        CancellationTokenSource loading = new();
        _loading = loading;
        jobs.Start(
            async ct =>
            {
                using CancellationTokenSource own = loading;
                try
                {
                    await ReloadAsync(wanted, generation, ct);
                }
                finally
                {
                    _loading = _loading == own ? null : _loading;
                }
            },
            loading.Token);
    }

    /// <summary>Puts a newer version of a row in its place.</summary>
    public void Replace(T row)
    {
        foreach ((int number, IReadOnlyList<T> page) in _pages)
        {
            for (int i = 0; i < page.Count; i++)
            {
                if (idOf(page[i]) == idOf(row))
                {
                    List<T> replaced = [.. page];
                    replaced[i] = row;
                    _pages[number] = replaced;
                    NoteSelection();
                    Changed?.Invoke();
                    return;
                }
            }
        }
    }

    private T? Loaded(int index) =>
        _pages.TryGetValue(index / PageSize, out IReadOnlyList<T>? page) && index % PageSize < page.Count ? page[index % PageSize] : null;

    private async Task ReloadAsync(Func<T, bool>? wanted, long generation, CancellationToken ct)
    {
        string filter = Filter;
        int start = Selected / PageSize;
        Result<Page<T>> answer = await AskAsync(filter, start, ct);
        if (answer.Refusal is null && answer.Value.Items.Count == 0 && answer.Value.Total > 0 && start > 0)
        {
            start = (answer.Value.Total - 1) / PageSize;
            answer = await AskAsync(filter, start, ct);
        }

        if (generation != _generation)
        {
            return;
        }

        Refusal = answer.Refusal;
        if (answer.Refusal is not null)
        {
            (_wanted, IsAwaited) = (null, false);
            Changed?.Invoke();
            return;
        }

        int unfiltered = answer.Value.Total;
        if (filter.Length > 0 && await jobs.CallAsync(c => load("", new PageRequest(0, 1), c), ct) is { Refusal: null } all)
        {
            unfiltered = all.Value.Total;
        }

        Dictionary<int, IReadOnlyList<T>> pages = new() { [start] = answer.Value.Items };
        int selected;
        long moves;
        do
        {
            moves = _moves;
            selected = Math.Clamp(Selected, 0, Math.Max(0, answer.Value.Total - 1));
            if (wanted != s_none && (wanted ?? IsSelected()) is { } find)
            {
                selected = await FindAsync(filter, find, selected / PageSize, answer.Value.Total, pages, ct) ?? selected;
            }
        }
        while (moves != _moves && wanted is null && generation == _generation);

        if (generation != _generation)
        {
            return;
        }

        _pages.Clear();
        _asked.Clear();
        foreach ((int number, IReadOnlyList<T> rows) in pages.Where(page => page.Key == selected / PageSize || page.Key == start))
        {
            _pages[number] = rows;
            _asked.Add(number);
        }

        Total = answer.Value.Total;
        Unfiltered = unfiltered;
        Selected = selected;
        (IsLoaded, _wanted, IsAwaited) = (true, null, false);
        NoteSelection();
        Changed?.Invoke();
    }

    private Func<T, bool>? IsSelected() => SelectedItem is { } item && idOf(item) is var id ? row => idOf(row) == id : null;

    // Near the old place first, then from the start: names sort, so a renamed or new row is seldom far.
    private async Task<int?> FindAsync(string filter, Func<T, bool> wanted, int start, int total, Dictionary<int, IReadOnlyList<T>> pages, CancellationToken ct)
    {
        int count = (total + PageSize - 1) / PageSize;
        IEnumerable<int> order = new[] { start }.Concat(Enumerable.Range(0, count).Where(number => number != start)).Take(MaxSearchedPages);
        foreach (int number in order)
        {
            if (!pages.TryGetValue(number, out IReadOnlyList<T>? rows))
            {
                Result<Page<T>> answer = await AskAsync(filter, number, ct);
                if (answer.Refusal is not null)
                {
                    return null;
                }

                rows = answer.Value.Items;
            }

            for (int i = 0; i < rows.Count; i++)
            {
                if (wanted(rows[i]))
                {
                    pages[number] = rows;
                    return (number * PageSize) + i;
                }
            }
        }

        return null;
    }

    private async Task LoadPageAsync(int number, long generation, CancellationToken ct)
    {
        Result<Page<T>> answer = await AskAsync(Filter, number, ct);
        if (generation != _generation)
        {
            return;
        }

        if (answer.Refusal is not null)
        {
            Refusal = answer.Refusal;
            Changed?.Invoke();
            return;
        }

        _pages[number] = answer.Value.Items;
        while (_pages.Count > MaxPages)
        {
            int farthest = _pages.Keys.MaxBy(key => Math.Abs(key - (Selected / PageSize)));
            _pages.Remove(farthest);
            _asked.Remove(farthest);
        }

        NoteSelection();
        Changed?.Invoke();
    }

    private Task<Result<Page<T>>> AskAsync(string filter, int number, CancellationToken ct) =>
        jobs.CallAsync(c => load(filter, new PageRequest(number * PageSize, PageSize), c), ct);

    private void NoteSelection()
    {
        T? now = Total == 0 ? null : this[Selected];
        if (!ReferenceEquals(now, _selectedItem))
        {
            _selectedItem = now;
            SelectionChanged?.Invoke();
        }
    }
}
