using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui.Screens;

/// <summary>
/// A dialog in the middle of the screen. Esc closes it. On a terminal that is not as high as the dialog, the part with the focus is seen.
/// </summary>
internal abstract class Sheet : Runnable
{
    private readonly SizeNotice _small;

    /// <param name="keepsRows">It is as high as it wants to be on any terminal: its parts have places of their own.</param>
    protected Sheet(TuiSession session, string title, int columns, int rows, bool keepsRows = false)
    {
        (Session, _small) = (session, new SizeNotice(session));
        Title = title;
        BorderStyle = LineStyle.Rounded;
        CanFocus = true;
        SetScheme(Theme.Scheme);
        Resize(columns, rows, keepsRows);
        Initialized += (_, _) => Add(_small);
    }

    protected TuiSession Session { get; }

    /// <summary>Columns inside the border.</summary>
    protected int InnerColumns { get; private set; }

    /// <summary>Rows inside the border.</summary>
    protected int InnerRows { get; private set; }

    /// <summary>The size wanted, border included; the terminal may give less.</summary>
    protected void Resize(int columns, int rows, bool keepsRows = false)
    {
        System.Drawing.Rectangle screen = Session.App.Screen;
        columns = Math.Min(columns, screen.Width);
        rows = keepsRows ? rows : Math.Min(rows, screen.Height);
        (InnerColumns, InnerRows) = (columns - 2, rows - 2);
        // In the middle; of a terminal that became too small for it, the beginning is seen.
        X = Pos.Func(_ => Math.Max(0, (Session.App.Screen.Width - columns) / 2));
        Y = Pos.Func(_ => TopOf(rows));
        Width = Dim.Func(_ => SizeNotice.IsNeeded(Session) ? Session.App.Screen.Width : columns);
        Height = Dim.Func(_ => SizeNotice.IsNeeded(Session) ? Session.App.Screen.Height : rows);
    }

    private int TopOf(int rows)
    {
        int room = Session.App.Screen.Height;
        if (rows <= room || SizeNotice.IsNeeded(Session))
        {
            return Math.Max(0, (room - rows) / 2);
        }

        int focused = SubViews.FirstOrDefault(static view => view.HasFocus)?.Frame.Bottom ?? 0;
        return -Math.Clamp(focused - (room / 2), 0, rows - room);
    }

    protected void Close() => Session.App.RequestStop(this);

    protected virtual bool OnEscape()
    {
        Close();
        return true;
    }

    protected virtual bool OnCommandKey(Key key) => false;

    protected override void OnSubViewLayout(LayoutEventArgs args)
    {
        base.OnSubViewLayout(args);
        _small.Visible = SizeNotice.IsNeeded(Session);
        _small.Place(0, 0, Viewport.Width, Viewport.Height);
    }

    protected override void OnFocusedChanged(View? previousFocused, View? focused)
    {
        base.OnFocusedChanged(previousFocused, focused);
        SetNeedsLayout();
    }

    protected override bool OnKeyDown(Key key)
    {
        if (key == Key.L.WithCtrl)
        {
            Session.Repaint();
            return true;
        }

        if (key == Key.Esc || key == Key.C.WithCtrl)
        {
            return OnEscape();
        }

        return OnCommandKey(key);
    }
}
