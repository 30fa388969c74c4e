namespace PamTui.Tui.Models;

/// <summary>What a piece of text means; the theme decides how that looks.</summary>
internal enum Tone
{
    Normal,
    Dim,
    Strong,
    Accent,
    Good,
    Warn,
    Bad,
}

/// <summary>A piece of text with a meaning.</summary>
internal readonly record struct Span(string Text, Tone Tone = Tone.Normal);

/// <summary>A line of them.</summary>
internal sealed record StyledLine(params IReadOnlyList<Span> Spans)
{
    public static StyledLine Blank { get; } = new([]);

    public static StyledLine Of(string text, Tone tone = Tone.Normal) => new([new Span(text, tone)]);
}
