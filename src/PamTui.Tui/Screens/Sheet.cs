using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui.Screens;

/// <summary>A dialog in the middle of the screen. Esc closes it.</summary>
internal abstract class Sheet : Runnable
{
    protected Sheet(TuiSession session, string title, int columns, int rows)
    {
        Session = session;
        Title = title;
        BorderStyle = LineStyle.Rounded;
        CanFocus = true;
        SetScheme(Theme.Scheme);
        Resize(columns, rows);
    }

    protected TuiSession Session { get; }

    /// <summary>Columns inside the border.</summary>
    protected int InnerColumns { get; private set; }

    /// <summary>Rows inside the border.</summary>
    protected int InnerRows { get; private set; }

    /// <summary>The size wanted, border included; the terminal may give less.</summary>
    protected void Resize(int columns, int rows)
    {
        System.Drawing.Rectangle screen = Session.App.Screen;
        columns = Math.Min(columns, screen.Width);
        rows = Math.Min(rows, screen.Height);
        (InnerColumns, InnerRows) = (columns - 2, rows - 2);
        // In the middle; of a terminal that became too small for it, the beginning is seen.
        X = Pos.Func(_ => Math.Max(0, (Session.App.Screen.Width - columns) / 2));
        Y = Pos.Func(_ => Math.Max(0, (Session.App.Screen.Height - rows) / 2));
        Width = columns;
        Height = rows;
    }

    protected void Close() => Session.App.RequestStop(this);

    protected virtual bool OnEscape()
    {
        Close();
        return true;
    }

    protected virtual bool OnCommandKey(Key key) => false;

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
