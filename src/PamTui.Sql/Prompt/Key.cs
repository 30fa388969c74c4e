namespace PamTui.Sql.Prompt;

internal enum KeyCode
{
    Text,
    Paste,
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    PageUp,
    PageDown,
    Escape,

    /// <summary>None: the terminal has another size, and what is drawn must be drawn anew.</summary>
    Redraw,

    /// <summary>With a letter, which is the text.</summary>
    Control,
}

/// <summary>What was pressed, or typed, or pasted.</summary>
internal readonly record struct Key(KeyCode Code, string Text = "")
{
    public bool IsControl(char letter) => Code == KeyCode.Control && Text.Length == 1 && Text[0] == letter;
}
