using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Storage;

namespace PamTui.Core.Statements;

/// <summary>What the audit calls what happens to the log of a session's statements.</summary>
internal static class StatementAudit
{
    /// <summary>It is whole: how many statements and batches it has.</summary>
    public const string Closed = "statements.close";

    public const string Read = "statements.read";

    /// <summary>It went to make room.</summary>
    public const string Removed = "statements.remove";

    /// <summary>What <see cref="Closed"/> says of a log; compared when it is read.</summary>
    public static string Whole(StatementLogRow log) => AuditDetails.Of(
        ("session", Number(log.SessionId)),
        ("statements", Number(log.Statements)),
        ("errors", Number(log.Errors)),
        ("batches", Number(log.Batches)));

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
