namespace PamTui.Core.Statements;

/// <summary>
/// What a backslash is in a literal in plain quotes: a setting of the session (PostgreSQL's standard_conforming_strings, NO_BACKSLASH_ESCAPES
/// in MySQL's sql_mode) says where the literal ends.
/// </summary>
public enum Backslash
{
    /// <summary>As the database has it when nobody has set anything.</summary>
    Usual,

    /// <summary>A character like others.</summary>
    Character,

    /// <summary>It takes the meaning from what follows it, such as a quote.</summary>
    Escape,

    /// <summary>The setting changed about when the statement ran: it is one or the other.</summary>
    Unsure,
}
