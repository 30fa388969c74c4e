namespace PamTui.Core.Model;

/// <summary>Which rows of the audit.</summary>
/// <param name="Filter">The filter language over actor, source, action, target, details; a bare word is searched in all of them.</param>
/// <param name="Since">Of then or later.</param>
/// <param name="Until">From before.</param>
public sealed record AuditQuery(string Filter = "", DateTimeOffset? Since = null, DateTimeOffset? Until = null);

/// <summary>How far a verification of the audit has come.</summary>
/// <param name="Total">How many rows there are, as the head of the chain says; 0 when it cannot be read.</param>
public sealed record AuditProgress(long Rows, long Total);
