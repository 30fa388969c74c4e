namespace PamTui.Tui.Models;

/// <summary>
/// Something that can be done at a place. What a key does, the bar at the bottom, the help and the palette are all made of these, so
/// none of them can say what another does not do.
/// </summary>
/// <param name="Keys">Names of keys with blanks between them, the one to show first: "d", "Del x", "Ctrl+P"; empty: only the palette has it.</param>
/// <param name="What">What it does, in a few words.</param>
/// <param name="Run">Null: the list or the field does it itself, and the entry is there to be read.</param>
internal sealed record ScreenAction(string Keys, string What, Action? Run)
{
    /// <summary>For the bar at the bottom; empty: not in it.</summary>
    public string Short { get; init; } = "";

    /// <summary>Why it cannot be done now, as a sentence for the person; null: it can.</summary>
    public Func<string?> WhyNot { get; init; } = static () => null;

    public IEnumerable<string> KeyNames => Keys.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Empty: it has none, and is in the palette only.</summary>
    public string FirstKey => KeyNames.FirstOrDefault("");
}
