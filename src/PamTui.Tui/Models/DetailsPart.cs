using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>One part of what is known about an account or a resource: a list with a heading, whatever its rows are.</summary>
internal abstract class DetailsPart(string name)
{
    public event Action? Changed;

    /// <summary>In the heading, and as the place remembers it.</summary>
    public string Name => name;

    /// <summary>This person may not see it: it is left out.</summary>
    public virtual bool IsHidden => false;

    /// <summary>For the heading; empty: not known yet, or nothing to count.</summary>
    public abstract string Count { get; }

    /// <summary>Said above the rows.</summary>
    public virtual IReadOnlyList<StyledLine> Intro => [];

    /// <summary>What the selected row says in full.</summary>
    public virtual IReadOnlyList<StyledLine> Foot => [];

    public virtual IReadOnlyList<ScreenAction> Actions => [];

    /// <summary>Reads it again.</summary>
    public abstract void Load();

    protected void RaiseChanged() => Changed?.Invoke();
}

/// <summary>A part whose rows are looked at one by one.</summary>
internal abstract class RowsPart(string name) : DetailsPart(name)
{
    public abstract IReadOnlyList<GridColumn> Columns { get; }

    public abstract int Rows { get; }

    public abstract int Selected { get; }

    /// <summary>The rows are still on their way.</summary>
    public abstract bool IsAwaited { get; }

    public abstract IReadOnlyList<StyledLine> Empty { get; }

    public abstract IReadOnlyList<Span>? Row(int index);

    public abstract void Select(int index);

    /// <summary>Enter or a double click.</summary>
    public abstract void Choose();
}

/// <summary>Rows that are asked for page by page.</summary>
internal sealed class RowsPart<T> : RowsPart
    where T : class
{
    private readonly IReadOnlyList<ListColumn<T>> _columns;
    private readonly ListModel<T> _list;

    public RowsPart(Workplace work, string name, IReadOnlyList<ListColumn<T>> columns, Func<PageRequest, CancellationToken, Task<Result<Page<T>>>> load, Func<T, long> idOf)
        : base(name)
    {
        _columns = columns;
        _list = new ListModel<T>(work.Jobs, (_, page, ct) => load(page, ct), idOf);
        _list.Changed += RaiseChanged;
        _list.SelectionChanged += RaiseChanged;
        Columns = [.. columns.Select(column => new GridColumn(column.Header, column.Least, column.Weight, column.Right) { IsReference = column.IsReference, GivesWay = column.GivesWay })];
    }

    public Func<IReadOnlyList<StyledLine>> Said { get; init; } = static () => [];

    public Func<T, IReadOnlyList<StyledLine>> InFull { get; init; } = static _ => [];

    /// <summary>Why it is empty, and which key helps.</summary>
    public string WhyEmpty { get; init; } = "";

    /// <summary>How many there are is worth a word in the heading.</summary>
    public bool IsCounted { get; init; } = true;

    public Action<T>? Chosen { get; init; }

    /// <summary>What can be done with the selected row.</summary>
    public Func<Func<T?>, IReadOnlyList<ScreenAction>> Offers { get; init; } = static _ => [];

    public override bool IsHidden => _list.Refusal is { Kind: RefusalKind.NotAllowed };

    public override string Count => IsCounted && _list.IsLoaded ? _list.Total.ToString(CultureInfo.InvariantCulture) : "";

    public override IReadOnlyList<StyledLine> Intro => Said();

    public override IReadOnlyList<StyledLine> Foot => _list.SelectedItem is { } row ? InFull(row) : [];

    public override IReadOnlyList<ScreenAction> Actions => Offers(() => _list.SelectedItem);

    public override IReadOnlyList<GridColumn> Columns { get; }

    public override int Rows => _list.Total;

    public override int Selected => _list.Selected;

    public override bool IsAwaited => _list.IsAwaited;

    public override IReadOnlyList<StyledLine> Empty => _list.Refusal is { } no ? [StyledLine.Of(no.Message, Tone.Bad)]
        : _list.IsLoaded ? [StyledLine.Of(WhyEmpty, Tone.Dim)]
        : [];

    public override IReadOnlyList<Span>? Row(int index) => _list[index] is { } row ? [.. _columns.Select(column => column.Cell(row))] : null;

    public override void Select(int index) => _list.Select(index);

    public override void Choose()
    {
        if (_list.SelectedItem is { } row)
        {
            Chosen?.Invoke(row);
        }
    }

    public override void Load() => _list.Reload();
}
