namespace PamTui.Core.Statements;

internal enum SqlTokenKind
{
    End,

    /// <summary>A keyword or a name, in quotes or not.</summary>
    Word,

    /// <summary>A literal in quotes, with what stands before them (E, U&amp;, N, _utf8).</summary>
    String,

    /// <summary>$$…$$ and $tag$…$tag$ of PostgreSQL.</summary>
    DollarString,

    Comment,

    /// <summary>? and $1.</summary>
    Placeholder,

    /// <summary>A number, 0x… too.</summary>
    Number,

    Symbol,
}

/// <param name="Start">Where it begins in the text.</param>
/// <param name="End">Behind its last character.</param>
/// <param name="Inner">Where its content begins: behind a quote.</param>
/// <param name="InnerEnd">Where its content ends.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End, int Inner, int InnerEnd);
