using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>
/// What one place shows between the title and the bar of keys, and what can be done there. Made anew from its <see cref="Place"/>
/// each time a person comes to it, and disposed of when he goes on.
/// </summary>
internal abstract class Page : View
{
    private (int Columns, int Rows) _arranged;

    protected Page(TuiSession session, Workplace work, Place place)
    {
        (Session, Work, Place) = (session, work, place);
        CanFocus = true;
        SetScheme(Theme.Scheme);
    }

    /// <summary>Its crumbs or its actions are others than before.</summary>
    public event Action? Refreshed;

    /// <summary>Where one is, from the general to the particular.</summary>
    public abstract IReadOnlyList<string> Crumbs { get; }

    /// <summary>What can be done here; keys of all screens (help, palette, back) are not among them.</summary>
    public abstract IReadOnlyList<ScreenAction> Actions { get; }

    /// <summary>What is shown is about to become other rows: keys are meant for those, and wait.</summary>
    public virtual bool IsAwaiting => false;

    protected TuiSession Session { get; }

    protected Workplace Work { get; }

    protected Place Place { get; }

    /// <summary>The page is on the screen: it reads what it shows and takes the focus.</summary>
    public abstract void Open();

    /// <summary>Reads everything again.</summary>
    public abstract void Reload();

    /// <summary>A step back inside the page (a filter, a pane); false: there is none, the place is left.</summary>
    public virtual bool StepBack() => false;

    /// <summary>Whether the place may be left for another: a page with something half done asks the person.</summary>
    public virtual bool MayLeave() => true;

    /// <summary>Places the parts in an area of this size.</summary>
    protected abstract void Arrange(int columns, int rows);

    protected override bool OnClearingViewport()
    {
        Ground.Fill(this);
        return true;
    }

    protected void RaiseRefreshed() => Refreshed?.Invoke();

    protected void ArrangeAgain()
    {
        _arranged = default;
        SetNeedsLayout();
    }

    protected override void OnSubViewLayout(LayoutEventArgs args)
    {
        (int Columns, int Rows) size = (Viewport.Width, Viewport.Height);
        if (size != _arranged && size is { Columns: > 0, Rows: > 0 })
        {
            _arranged = size;
            Arrange(size.Columns, size.Rows);
        }
    }
}
