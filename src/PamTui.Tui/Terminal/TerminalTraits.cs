namespace PamTui.Tui.Terminal;

internal enum ColorDepth
{
    Mono,
    Sixteen,
    TwoHundredFiftySix,
    True,
}

/// <summary>What the terminal can do, decided from its own TERM and COLORTERM, never from the server's environment.</summary>
internal sealed record TerminalTraits(ColorDepth Colors, bool Unicode)
{
    /// <summary>The smallest and largest screen that is laid out: the cost of a frame is per cell, and the numbers come from a stranger.</summary>
    public const int MinColumns = 20;
    public const int MinRows = 5;
    public const int MaxColumns = 500;
    public const int MaxRows = 200;

    /// <summary>Null: this terminal cannot address its cursor, so there is nothing to show a full screen on.</summary>
    public static TerminalTraits? Of(ITerminalChannel channel, bool noColor = false)
    {
        string term = channel.Term;
        if (!HasFullScreen(term))
        {
            return null;
        }

        bool plain = term is "linux" or "ansi" or "cons25" || term.StartsWith("vt", StringComparison.Ordinal);
        ColorDepth depth =
            noColor || term.StartsWith("vt1", StringComparison.Ordinal) || term.StartsWith("vt2", StringComparison.Ordinal) ? ColorDepth.Mono
            : channel.ColorTerm is "truecolor" or "24bit" || term.EndsWith("-direct", StringComparison.Ordinal) ? ColorDepth.True
            : plain ? ColorDepth.Sixteen
            : term.Contains("256", StringComparison.Ordinal) || term.StartsWith("xterm", StringComparison.Ordinal) ? ColorDepth.TwoHundredFiftySix
            : ColorDepth.Sixteen;
        return new TerminalTraits(depth, !plain);
    }

    public static bool HasFullScreen(string term) =>
        term is not ("" or "dumb" or "unknown" or "network") && !term.StartsWith("dumb-", StringComparison.Ordinal);

    public static TerminalSize Clamp(TerminalSize size) =>
        new(Math.Clamp(size.Columns, MinColumns, MaxColumns), Math.Clamp(size.Rows, MinRows, MaxRows));
}
