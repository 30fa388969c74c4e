using PamTui.Tui.Models;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>The bottom line: the keys that help most here, as many as fit; the one for help always does.</summary>
internal sealed class KeyBar : Canvas
{
    private IReadOnlyList<Hint> _hints = [];

    /// <summary>What cannot be done now is left out here; the help has it, with the reason.</summary>
    public void Show(IReadOnlyList<ScreenAction> actions)
    {
        List<Hint> hints = [.. actions.Where(action => action.Short.Length > 0 && action.WhyNot() is null).Select(action => new Hint(action.FirstKey, action.Short))];
        if (!hints.SequenceEqual(_hints))
        {
            _hints = hints;
            Changed();
        }
    }

    protected override void Paint()
    {
        int at = 0;
        int help = _hints.Where(IsHelp).Sum(Taken);
        foreach (Hint hint in _hints)
        {
            help -= IsHelp(hint) ? Taken(hint) : 0;
            if (at + Taken(hint) + help > Columns)
            {
                continue;
            }

            Piece(ref at, " " + hint.Key, Theme.BarKey);
            Piece(ref at, " " + hint.Word + " ", Theme.Bar);
        }

        Piece(ref at, new string(' ', Math.Max(0, Columns - at)), Theme.Bar);
    }

    private static bool IsHelp(Hint hint) => hint.Key == "?";

    private static int Taken(Hint hint) => hint.Key.Length + hint.Word.Length + 3;

    private void Piece(ref int at, string text, Attribute look)
    {
        Put(at, 0, text, look);
        at += text.Length;
    }

    private readonly record struct Hint(string Key, string Word);
}
