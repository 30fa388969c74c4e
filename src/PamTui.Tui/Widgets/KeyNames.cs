using Terminal.Gui.Input;

namespace PamTui.Tui.Widgets;

/// <summary>Keys by the names that people read: "d", "G", "Ctrl+P", "Del", "F5".</summary>
internal static class KeyNames
{
    /// <exception cref="ArgumentException">No such key: a mistake in a table of actions.</exception>
    public static Key Parse(string name)
    {
        if (name.StartsWith("Ctrl+", StringComparison.Ordinal))
        {
            return Parse(name[5..].ToLowerInvariant()).WithCtrl;
        }

        if (name.StartsWith("Shift+", StringComparison.Ordinal))
        {
            return Parse(name[6..]).WithShift;
        }

        return name switch
        {
            "Enter" => Key.Enter,
            "Esc" => Key.Esc,
            "Tab" => Key.Tab,
            "Space" => Key.Space,
            "Del" => Key.Delete,
            "Ins" => Key.InsertChar,
            "Left" => Key.CursorLeft,
            "Right" => Key.CursorRight,
            "Up" => Key.CursorUp,
            "Down" => Key.CursorDown,
            "F1" => Key.F1,
            "F2" => Key.F2,
            "F5" => Key.F5,
            [>= 'a' and <= 'z'] => (Key)name[0],
            [>= 'A' and <= 'Z'] => ((Key)char.ToLowerInvariant(name[0])).WithShift,
            [var sign] => (Key)sign,
            _ => throw new ArgumentException($"'{name}' is no key.", nameof(name)),
        };
    }
}
