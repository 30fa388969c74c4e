using PamTui.Tui.Models;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>The bottom line: the keys that help most here, as many as fit.</summary>
internal sealed class KeyBar : Canvas
{
    public IReadOnlyList<KeyHelp> Keys { get; set; } = [];

    protected override void Paint()
    {
        int at = 0;
        foreach (KeyHelp key in Keys.Where(key => key.Short.Length > 0))
        {
            int width = key.Keys.Length + key.Short.Length + 3;
            if (at + width > Columns)
            {
                break;
            }

            Piece(ref at, " " + key.Keys, Theme.BarKey);
            Piece(ref at, " " + key.Short + " ", Theme.Bar);
        }

        Piece(ref at, new string(' ', Math.Max(0, Columns - at)), Theme.Bar);
    }

    private void Piece(ref int at, string text, Attribute look)
    {
        Put(at, 0, text, look);
        at += text.Length;
    }
}
