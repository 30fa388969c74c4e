using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui.Screens;

/// <summary>What takes the whole terminal. Too small a terminal gets a notice instead of a broken picture.</summary>
internal abstract class Screen : Runnable
{
    public const int MinColumns = 60;
    public const int MinRows = 15;

    private readonly SizeNotice _notice = new();
    private (int Columns, int Rows) _arranged;

    protected Screen(TuiSession session)
    {
        Session = session;
        Width = Dim.Fill();
        Height = Dim.Fill();
        CanFocus = true;
        SetScheme(Theme.Scheme);
        Add(_notice);
    }

    protected TuiSession Session { get; }

    protected abstract IReadOnlyList<KeyHelp> KeyTable { get; }

    /// <summary>Places the parts for a terminal of this size.</summary>
    protected abstract void Arrange(int columns, int rows);

    protected abstract bool OnCommandKey(Key key);

    protected void ArrangeAgain()
    {
        _arranged = default;
        SetNeedsLayout();
    }

    protected override void OnSubViewLayout(LayoutEventArgs args)
    {
        (int Columns, int Rows) size = (Viewport.Width, Viewport.Height);
        if (size == _arranged || size.Columns == 0 || size.Rows == 0)
        {
            return;
        }

        _arranged = size;
        bool small = size.Columns < MinColumns || size.Rows < MinRows;
        _notice.Visible = small;
        _notice.Place(0, 0, size.Columns, size.Rows);
        Arrange(size.Columns, size.Rows);
        if (small)
        {
            MoveSubViewToEnd(_notice);
        }
    }

    protected override bool OnKeyDown(Key key)
    {
        if (key == Key.L.WithCtrl)
        {
            Session.Repaint();
            return true;
        }

        if (key == (Key)'?' || key == Key.F1)
        {
            using HelpSheet help = new(Session, KeyTable);
            Session.App.Run(help);
            return true;
        }

        return OnCommandKey(key);
    }

    private sealed class SizeNotice : Canvas
    {
        protected override void Paint()
        {
            for (int row = 0; row < Rows; row++)
            {
                PutBlank(row);
            }

            Put(1, Rows / 2, TextCut.Cut($"Too small: {Columns}x{Rows}, needs {MinColumns}x{MinRows}.", Columns - 2), Theme.Of(Tone.Warn));
        }
    }
}
