using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>A command that the server has, whose reply has not come to its end.</summary>
/// <param name="isHidden">Asked by the gateway itself: the client never sees the reply, and must not go on without it.</param>
internal sealed class PendingReply(Command command, ReplyKind kind, bool isHidden)
{
    /// <summary>In the log in place of an error, when the session ended before the server had answered.</summary>
    private const string NoAnswer = "unanswered";

    private const string BackslashSetting = "sql_mode";

    public Command Command => command;

    public ReplyKind Kind => kind;

    public bool IsHidden => isHidden;

    public DateTimeOffset At { get; init; }

    /// <summary>A timestamp of the <see cref="TimeProvider"/>.</summary>
    public long Started { get; init; }

    /// <summary>What is logged; null: nothing is.</summary>
    public string? Text { get; init; }

    public bool Truncated { get; init; }

    public IReadOnlyList<StatementValue> Values { get; init; } = [];

    /// <summary>Returned or changed so far; null: the server did not say.</summary>
    public long? Rows { get; set; }

    public string? ErrorCode { get; set; }

    /// <summary>In the text's literals, when it was asked; null: it was not yet.</summary>
    public Backslash? Backslash { get; set; }

    /// <summary>Null: there is nothing to log. A statement that is prepared has not run, unless it could not be.</summary>
    /// <param name="now">What a backslash is by now: the command may have changed it, or one before it whose reply had not come.</param>
    public Statement? Ended(TimeProvider time, Backslash now) => Text is null || (command == Command.StmtPrepare && ErrorCode is null)
        ? null
        : new Statement(At, time.GetElapsedTime(Started), Text, Values, Rows, ErrorCode, Truncated)
        {
            Backslash = (Backslash ?? now) == now && !Text.Contains(BackslashSetting, StringComparison.OrdinalIgnoreCase) ? now : Core.Statements.Backslash.Unsure,
        };

    public Statement? Lost(TimeProvider time, Backslash now)
    {
        ErrorCode = NoAnswer;
        return Ended(time, now);
    }
}
