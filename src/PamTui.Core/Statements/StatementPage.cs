using PamTui.Core.Model;

namespace PamTui.Core.Statements;

/// <param name="Number">1 for the session's first.</param>
public sealed record LoggedStatement(long Number, Statement Statement);

/// <summary>What is known of a session's log without reading it.</summary>
/// <param name="Errors">How many of the statements the database refused.</param>
/// <param name="Bytes">What it takes, as it is stored.</param>
/// <param name="IsWhole">The gateway has said that no statement is missing at the end: it does so when the session is over.</param>
/// <param name="Removed">When it went to make room; null: it is there.</param>
public sealed record StatementSummary(long Statements, long Errors, long Bytes, bool IsWhole, DateTimeOffset? Removed)
{
    /// <summary>Of a session that asked no database anything.</summary>
    public static StatementSummary None { get; } = new(0, 0, 0, true, null);
}

/// <summary>A part of a session's statements, in the order they ran.</summary>
public sealed record StatementPage(SessionRecord Session, StatementSummary Summary, Page<LoggedStatement> Page);
