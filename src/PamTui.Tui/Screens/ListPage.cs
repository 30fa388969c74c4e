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
    private bool _filtering;

    protected ListPage(TuiSession session, Workplace work, Place place, Func<T, long> idOf)
        : base(session, work, place)
    {
        _memory = place.List();
        Look = work.State.Look(place.Screen);
        Rows = new ListModel<T>(work.Jobs, ListAsync, idOf);
        Marks = new Marks<T>(idOf);
        _grid.RowAt = RowAt;
        _grid.SelectionMoved += Rows.Select;
        _grid.Chosen += OnChosen;
        _grid.HeaderClicked += OnHeader;
        _filter.Edited += text => Rows.SetFilter(text);
        _filter.Ended += EndFilter;
        Add(_header, _grid, _filter);
        Rows.Changed += Refresh;
        Rows.SelectionChanged += OnSelected;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Subject.Length > 0 ? Place.Subject : Place.Screen, .. Pointed is { } row ? (string[])[NameOf(row)] : []];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        .. Marks.Count > 0 ? MarkedActions : RowActions,
        new("/", "filter: words, env=prod, kind=linux, -word, a OR b", BeginFilter) { Short = "filter" },
        .. Columns.Any(column => column.Sort.Length > 0)
            ? (ScreenAction[])[new("s", "sort: choose by what", ChooseSort) { Short = "sort" }, new("S", "sort the other way", () => SortBy(Look.Sort))]
            : [],
        .. HasSavedFilters ? (ScreenAction[])[new("F", "filters under names: use one, save this one, rename, delete; @name in the filter is one", PickFilter)] : [],
        new("v", "columns: choose which are shown", ChooseColumns) { Short = "columns" },
        new("Space", "mark the row, and go down", MarkRow) { Short = "mark" },
        new("*", "mark all that the filter leaves", MarkAll),
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
    ];

    /// <summary>What is selected and loaded.</summary>
    protected T? Pointed => Rows.SelectedItem;

    protected ListModel<T> Rows { get; }

    protected Marks<T> Marks { get; }

    protected ListLook Look { get; }

    protected abstract string Heading { get; }

    /// <summary>A person may keep filters of this list under names.</summary>
    protected virtual bool HasSavedFilters => false;

    /// <summary>Every column there is; the fixed one has the name.</summary>
    protected abstract IReadOnlyList<ListColumn<T>> Columns { get; }

    protected abstract IReadOnlyList<ScreenAction> RowActions { get; }

    /// <summary>What can be done with all marked rows at once.</summary>
    protected abstract IReadOnlyList<ScreenAction> MarkedActions { get; }

    /// <summary>Why the list is empty without a filter, and which key helps.</summary>
    protected abstract IReadOnlyList<StyledLine> WhyEmpty { get; }

    public override void Open()
    {
        Rows.StartWith(_memory.Filter, _memory.Row);
        Rows.Reload(_memory.Selected is { } name ? row => NameOf(row) == name : null);
        _grid.SetFocus();
        Refresh();
        if (Place.Part == ListParts.Filter)
        {
            Place.Part = "";
            BeginFilter();
        }
    }

    public override void Reload() => Rows.Reload();

    public override bool StepBack()
    {
        if (Rows.Stop())
        {
            Work.Tell("Stopped: the rows are those of before.", Tone.Normal);
        }
        else if (Marks.Count > 0)
        {
            Marks.Clear();
            Refresh();
        }
        else if (Rows.Filter.Length > 0)
        {
            Rows.SetFilter("");
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
            column.Right)));
        _grid.ColumnsShown = columns;
        _grid.Count = Rows.Total;
        _grid.Selected = Rows.Selected;
        _grid.EmptyText = EmptyText();
        _grid.Changed();
        _header.Show(Heading, Rows, Marks.Count);
        PlaceFilter();
        Keep();
        RaiseRefreshed();
    }

    private async Task<Result<Page<T>>> ListAsync(string filter, PageRequest page, CancellationToken ct)
    {
        Result<string> meant = HasSavedFilters ? await FilterNames.ExpandAsync(Work, filter, ct) : filter;
        return meant.Refusal is { } unknown ? unknown : await LoadAsync(meant.Value, Look, page, ct);
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
            (_memory.Filter, _memory.Row, _memory.Selected) = (Rows.Filter, Rows.Selected, Pointed is { } row ? NameOf(row) : _memory.Selected);
        }
    }

    private IReadOnlyList<StyledLine> EmptyText() => Rows.Refusal is { } no ? [StyledLine.Of(no.Message, Tone.Bad)]
        : !Rows.IsLoaded ? []
        : Rows.Filter.Length > 0 ? [StyledLine.Of("Nothing matches the filter."), StyledLine.Of("Esc clears it.", Tone.Dim)]
        : WhyEmpty;

    private IReadOnlyList<Span>? RowAt(int index) => Rows[index] is { } row
        ? [new Span(Marks.Has(row) ? "■" : " ", Tone.Accent), .. Columns.Where(Look.Shows).Select(column => column.Cell(row))]
        : null;

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

    private void PickFilter() => FilterSheet.Run(Session, Work, Rows.Filter, filter =>
    {
        Rows.SetFilter(filter);
        Refresh();
    });

    private void ChooseSort() => PickSheet.Run(
        Session,
        "Sort by",
        new PickModel(
            [
                .. Columns.Where(column => column.Sort.Length > 0).Select(column => new Choice(
                    column.Name + (column.Sort == Look.Sort ? Look.IsDescending ? "  (now, from the end)" : "  (now; once more: from the end)" : ""),
                    () => SortBy(column.Sort))),
            ],
            Work.Jobs),
        "type a column");

    private void SortBy(string word)
    {
        Look.SortBy(word);
        Rows.Restart();
        Refresh();
    }

    private void ChooseColumns()
    {
        bool again = true;
        while (again)
        {
            again = false;
            IEnumerable<Choice> choices = Columns.Where(column => !column.IsFixed).Select(column => new Choice(
                (Look.Shows(column) ? "■ " : "□ ") + column.Name,
                () =>
                {
                    Look.Toggle(Columns, column.Name);
                    again = true;
                }));
            PickSheet.Run(Session, "Columns", new PickModel([.. choices], Work.Jobs), "type a column; Enter shows or hides it");
            Refresh();
        }
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

            _grid.Go(Rows.Selected + 1);
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
