using System.Globalization;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui.Screens;

/// <summary>
/// One wide list: columns to choose, an order, a live filter, marks. What it lists, what a row says and what can be done with it
/// come from the page that derives from this.
/// </summary>
internal abstract class ListPage<T> : Page
    where T : class
{
    private readonly PaneHeader _header = new() { IsFocused = true };
    private readonly RowGrid _grid = new();
    private readonly FilterField _filter = new();
    private readonly ListMemory _memory;
    private readonly GroupTree<T> _tree;
    private bool _filtering;

    protected ListPage(TuiSession session, Workplace work, Place place, Func<T, long> idOf)
        : base(session, work, place)
    {
        _memory = place.List();
        Look = work.State.Look(place.Screen);
        Rows = new ListModel<T>(work.Jobs, ListAsync, idOf);
        Marks = new Marks<T>(idOf);
        _tree = new GroupTree<T>(work.Jobs, new GroupSource<T>(CountAsync, ListOfValueAsync), idOf);
        _grid.RowAt = RowAt;
        _grid.SelectionMoved += Select;
        _grid.Chosen += Choose;
        _grid.HeaderClicked += OnHeader;
        _filter.Edited += UseFilter;
        _filter.Ended += EndFilter;
        Add(_header, _grid, _filter);
        Rows.Changed += Refresh;
        Rows.SelectionChanged += OnSelected;
        _tree.Changed += Refresh;
        _tree.SelectionChanged += OnSelected;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Subject.Length > 0 ? Place.Subject : Place.Screen, .. Pointed is { } row ? (string[])[NameOf(row)] : []];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        .. _tree is { IsOn: true, Pointed: null } ? (ScreenAction[])[new("Enter", "open or close the value", null) { Short = _tree.Branch?.Rows is null ? "open" : "close" }] : [],
        .. Marks.Count > 0 ? MarkedActions : RowActions,
        new("/", FilterWords, BeginFilter) { Short = "filter" },
        .. Columns.Any(column => column.Sort.Length > 0)
            ? (ScreenAction[])[new("s", "sort: choose by what", () => LookSheet.ChooseSort(Session, Work, Columns, Look, SortBy)) { Short = "sort" }, new("S", "sort the other way", () => SortBy(Look.Sort))]
            : [],
        .. Groups is null
            ? (ScreenAction[])[]
            :
            [
                new("F", "filters under names: use one, save this one, rename, delete; @name in the filter is one", PickFilter),
                new("z", "group by a metadata key: a tree of its values, with counts", ChooseGroup) { Short = "group" },
            ],
        new("v", "columns: choose which are shown", () => LookSheet.ChooseColumns(Session, Work, Columns, Look, Refresh)) { Short = "columns" },
        .. HasMarks
            ? (ScreenAction[])[new("Space", "mark the row, and go down", MarkRow) { Short = "mark" }, new("*", "mark all that the filter leaves", MarkAll)]
            : [],
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
    ];

    public override bool IsAwaiting => !_filtering && (_tree.IsOn ? _tree.IsAwaited : Rows.IsAwaited);

    /// <summary>What is selected and loaded; null also while a value of a tree is.</summary>
    protected T? Pointed => _tree.IsOn ? _tree.Pointed : Rows.SelectedItem;

    protected ListModel<T> Rows { get; }

    protected Marks<T> Marks { get; }

    protected ListLook Look { get; }

    protected abstract string Heading { get; }

    /// <summary>What can be typed into the filter.</summary>
    protected virtual string FilterWords => "filter: words, env=prod, kind=linux, -word, a OR b";

    /// <summary>Counts the rows that a filter leaves by the values of a key. Null: they have no metadata, so the list is never a tree, and keeps no filters under names.</summary>
    protected virtual Func<string, string, CancellationToken, Task<Result<MetadataGroups>>>? Groups => null;

    /// <summary>Every column there is; the fixed one has the name.</summary>
    protected abstract IReadOnlyList<ListColumn<T>> Columns { get; }

    protected abstract IReadOnlyList<ScreenAction> RowActions { get; }

    /// <summary>False: nothing can be done with many rows at once, so none is marked.</summary>
    protected virtual bool HasMarks => true;

    /// <summary>What can be done with all marked rows at once.</summary>
    protected abstract IReadOnlyList<ScreenAction> MarkedActions { get; }

    /// <summary>Why the list is empty without a filter, and which key helps.</summary>
    protected abstract IReadOnlyList<StyledLine> WhyEmpty { get; }

    public override void Open()
    {
        Rows.StartWith(_memory.Filter, _memory.Row);
        Func<T, bool>? wanted = _memory.Selected is { } name ? row => NameOf(row) == name : null;
        Rows.Reload(wanted);
        _tree.Show(_memory.GroupBy, _memory.Filter, _memory.Open, _memory.GroupBy.Length > 0 ? (_memory.Group, wanted) : null);
        _grid.SetFocus();
        Refresh();
        if (Place.Part == ListParts.Filter)
        {
            Place.Part = "";
            BeginFilter();
        }
    }

    public override void Reload()
    {
        Rows.Reload();
        _tree.Reload();
    }

    public override bool StepBack()
    {
        if (Rows.Stop())
        {
            Work.Tell("Stopped: the rows are those of before.", Tone.Normal);
            RaiseRefreshed();
        }
        else if (Marks.Count > 0)
        {
            Marks.Clear();
            Refresh();
        }
        else if (Rows.Filter.Length > 0)
        {
            UseFilter("");
        }
        else
        {
            return false;
        }

        return true;
    }

    protected abstract string NameOf(T row);

    protected abstract Task<Result<Page<T>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct);

    /// <summary>Enter or a double click on a row.</summary>
    protected abstract void OnChosen();

    /// <summary>Selects the row that is called so, wherever it is now.</summary>
    protected void ShowRow(string name) => Rows.Reload(row => NameOf(row) == name);

    protected override void Arrange(int columns, int rows)
    {
        _header.Place(0, 0, columns, 1);
        _grid.Place(1, 1, columns - 1, rows - 1);
        PlaceFilter();
    }

    protected override void Dispose(bool disposing)
    {
        Rows.Changed -= Refresh;
        Rows.SelectionChanged -= OnSelected;
        _tree.Changed -= Refresh;
        _tree.SelectionChanged -= OnSelected;
        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    /// <summary>Shows the rows, the marks and the columns as they are now.</summary>
    protected void Refresh()
    {
        List<GridColumn> columns = [new GridColumn("", 1)];
        columns.AddRange(Columns.Where(Look.Shows).Select(column => new GridColumn(
            column.Header + (column.Sort.Length > 0 && column.Sort == Look.Sort ? Look.IsDescending ? " ▼" : " ▲" : ""),
            column.Least,
            column.Weight,
            column.Right)
        { IsReference = column.IsReference, GivesWay = column.GivesWay }));
        _grid.ColumnsShown = columns;
        _grid.Count = _tree.IsOn ? _tree.Count : Rows.Total;
        _grid.Selected = _tree.IsOn ? _tree.Selected : Rows.Selected;
        _grid.EmptyText = EmptyText();
        _grid.Changed();
        _header.Show(_tree.IsOn ? $"{Heading} by {Core.Model.Text.Escape(_tree.Key)}{(_tree.IsCut ? " (the first values)" : "")}" : Heading, Rows, Marks.Count);
        PlaceFilter();
        Keep();
        RaiseRefreshed();
    }

    private async Task<Result<Page<T>>> ListAsync(string filter, PageRequest page, CancellationToken ct)
    {
        Result<string> meant = Groups is not null ? await FilterNames.ExpandAsync(Work, filter, ct) : filter;
        return meant.Refusal is { } unknown ? unknown : await LoadAsync(meant.Value, Look, page, ct);
    }

    private async Task<Result<MetadataGroups>> CountAsync(string filter, string key, CancellationToken ct)
    {
        Result<string> meant = await FilterNames.ExpandAsync(Work, filter, ct);
        return meant.Refusal is { } unknown ? unknown : await Groups!(meant.Value, key, ct);
    }

    private async Task<Result<Page<T>>> ListOfValueAsync(string filter, string key, string? value, PageRequest page, CancellationToken ct)
    {
        Result<string> meant = await FilterNames.ExpandAsync(Work, filter, ct);
        return meant.Refusal is { } unknown ? unknown : await LoadAsync(Filter.WithPair(meant.Value, key, value), Look, page, ct);
    }

    private void Select(int index)
    {
        if (_tree.IsOn)
        {
            _tree.Select(index);
        }
        else
        {
            Rows.Select(index);
        }
    }

    private void Choose()
    {
        if (_tree is { IsOn: true, Pointed: null })
        {
            _tree.Toggle();
        }
        else
        {
            OnChosen();
        }
    }

    private void UseFilter(string filter)
    {
        Rows.SetFilter(filter);
        _tree.SetFilter(filter);
        Refresh();
    }

    private void OnSelected()
    {
        Keep();
        RaiseRefreshed();
    }

    private void Keep()
    {
        if (Rows.IsLoaded)
        {
            (_memory.Filter, _memory.Row) = (Rows.Filter, Rows.Selected);
            _memory.Selected = Pointed is { } row ? NameOf(row) : _tree.IsOn ? null : _memory.Selected;
        }

        _memory.GroupBy = _tree.Key;
        if (_tree.Branches.Count > 0)
        {
            (_memory.Group, _memory.Open) = (_tree.Branch?.Value, [.. _tree.Branches.Where(branch => branch.Rows is not null).Select(branch => branch.Value)]);
        }
    }

    private IReadOnlyList<StyledLine> EmptyText() => (Rows.Refusal ?? _tree.Refusal) is { } no ? [StyledLine.Of(no.Message, Tone.Bad)]
        : !Rows.IsLoaded ? []
        : Rows.Filter.Length > 0 ? [StyledLine.Of("Nothing matches the filter."), StyledLine.Of("Esc clears it.", Tone.Dim)]
        : WhyEmpty;

    private IReadOnlyList<Span>? RowAt(int index)
    {
        if (!_tree.IsOn)
        {
            return Rows[index] is { } row ? Cells(row) : null;
        }

        return _tree.At(index) switch
        {
            { Row: null, Branch: { } branch } => [new Span(branch.Rows is null ? "▸" : "▾", Tone.Accent), new Span(Caption(branch), Tone.Strong)],
            { Row: { } at, Branch.Rows: { } rows } => rows[at] is { } row ? Cells(row, "  ") : null,
            _ => null,
        };
    }

    private IReadOnlyList<Span> Cells(T row, string indent = "") =>
    [
        new Span(Marks.Has(row) ? "■" : " ", Tone.Accent),
        .. Columns.Where(Look.Shows).Select((column, i) => column.Cell(row) is var cell && i == 0 ? cell with { Text = indent + cell.Text } : cell),
    ];

    private string Caption(GroupBranch<T> branch)
    {
        string value = branch.Value switch
        {
            null => "(none)",
            "" => "(empty)",
            { } text => Core.Model.Text.Escape(text),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Core.Model.Text.Escape(_tree.Key)}: {value} ({branch.Count})");
    }

    private void BeginFilter()
    {
        _filtering = true;
        _filter.Open(Rows.Filter);
        PlaceFilter();
        _header.Changed();
    }

    private void EndFilter()
    {
        _filtering = false;
        _filter.Close();
        _grid.SetFocus();
        if (Rows.Refusal is { } no)
        {
            Work.Tell(no.Message, Tone.Bad);
        }

        Refresh();
    }

    private void PlaceFilter()
    {
        if (_filtering)
        {
            _header.Filter = "";
            _filter.Place(_header.TitleColumns + 1, 0, Math.Max(8, Viewport.Width - _header.TitleColumns - _header.CountColumns - 2), 1);
        }
    }

    private void PickFilter() => FilterSheet.Run(Session, Work, Rows.Filter, UseFilter);

    private void ChooseGroup() => GroupSheet.Run(Session, Work, _tree.Key, key => _tree.Show(key, Rows.Filter, [], null));

    private void SortBy(string word)
    {
        Look.SortBy(word);
        Rows.Restart();
        _tree.Reload();
        Refresh();
    }

    private void OnHeader(int column)
    {
        if (column > 0 && Columns.Where(Look.Shows).ElementAtOrDefault(column - 1) is { Sort.Length: > 0 } shown)
        {
            SortBy(shown.Sort);
        }
    }

    private void MarkRow()
    {
        if (Pointed is { } row)
        {
            if (!Marks.Toggle(row))
            {
                Work.Tell($"No more than {Marks<T>.Max} rows are marked at once.", Tone.Normal);
            }

            _grid.Go(_grid.Selected + 1);
            Refresh();
        }
    }

    private void MarkAll() => Work.Jobs.Start(async ct =>
    {
        string filter = Rows.Filter;
        Result<Page<T>> all = await Work.Jobs.CallAsync(c => ListAsync(filter, new PageRequest(0, Marks<T>.Max), c), ct);
        if (all.Refusal is { } no)
        {
            Work.Tell(no.Message, Tone.Bad);
            return;
        }

        Marks.Clear();
        foreach (T row in all.Value.Items)
        {
            Marks.Add(row);
        }

        Work.Tell(all.Value.Total > Marks.Count ? $"The first {Marks.Count} of {all.Value.Total} are marked: no more at once." : $"{Marks.Count} are marked.", Tone.Normal);
        Refresh();
    });
}
