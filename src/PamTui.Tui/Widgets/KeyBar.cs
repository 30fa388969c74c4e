using PamTui.Tui.Models;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>The bottom line: the keys that help most here, as many as fit; the one for help always does.</summary>
internal sealed class KeyBar : Canvas
{
    public IReadOnlyList<KeyHelp> Keys { get; set; } = [];

    protected override void Paint()
    {
        int at = 0;
        int help = Keys.Where(IsHelp).Sum(Taken);
        foreach (KeyHelp key in Keys.Where(key => key.Short.Length > 0))
        {
            help -= IsHelp(key) ? Taken(key) : 0;
            if (at + Taken(key) + help > Columns)
            {
                continue;
            }

            Piece(ref at, " " + key.Keys, Theme.BarKey);
            Piece(ref at, " " + key.Short + " ", Theme.Bar);
        }

        Piece(ref at, new string(' ', Math.Max(0, Columns - at)), Theme.Bar);
    }

    private static bool IsHelp(KeyHelp key) => key.Keys == "?";

    private static int Taken(KeyHelp key) => key.Keys.Length + key.Short.Length + 3;

    private void Piece(ref int at, string text, Attribute look)
    {
        Put(at, 0, text, look);
        at += text.Length;
    }
}
