using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

/// <summary>The buttons of a dialog, beside each other in the order given; one that is not visible takes no room.</summary>
internal sealed class ButtonRow(params IReadOnlyList<ActionButton> buttons)
{
    private const int Gap = 2;

    public void AddTo(View sheet) => sheet.Add([.. buttons]);

    public void Place(int column, int row)
    {
        foreach (ActionButton button in buttons.Where(button => button.Visible))
        {
            button.Place(column, row, button.Length, 1);
            column += button.Length + Gap;
        }
    }

    /// <summary>Leaves only these.</summary>
    public void Show(params IReadOnlyList<ActionButton> shown)
    {
        foreach (ActionButton button in buttons)
        {
            button.Visible = shown.Contains(button);
        }
    }

    /// <summary>Left and right go from button to button, and stop at the ends. False: the key is for somebody else.</summary>
    public bool Move(Key key)
    {
        List<ActionButton> shown = [.. buttons.Where(button => button.Visible)];
        int at = shown.FindIndex(button => button.HasFocus);
        int to = at + (key == Key.CursorRight || key == Key.L ? 1 : key == Key.CursorLeft || key == Key.H ? -1 : 0);
        if (at < 0 || to == at)
        {
            return false;
        }

        shown[Math.Clamp(to, 0, shown.Count - 1)].SetFocus();
        return true;
    }
}
