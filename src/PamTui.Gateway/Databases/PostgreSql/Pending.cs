using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>What a client has asked for and the server has not answered yet.</summary>
internal enum Asked
{
    /// <summary>Ends with ReadyForQuery.</summary>
    Query,
    FunctionCall,
    Sync,

    /// <summary>Each has one answer of its own; after an error the server drops all up to the next Sync.</summary>
    Parse,
    Bind,
    DescribeStatement,
    DescribePortal,
    Execute,
    CloseStatement,
    ClosePortal,

    /// <summary>CopyDone or CopyFail: no answer of its own, and none at all when no COPY is on.</summary>
    CopyEnd,
}

/// <param name="Since">A timestamp: when it came.</param>
/// <param name="Name">Of the statement that is parsed, described or closed; of the portal that is bound, described, run or closed.</param>
/// <param name="Text">Of Query and Parse: the SQL.</param>
/// <param name="Bytes">Of Bind and FunctionCall: the body, or what was kept of it; of Parse: the types.</param>
/// <param name="Cut">More came than was kept.</param>
/// <param name="Refused">Something that fails went to the server in its place, for whose error the client gets our words.</param>
internal readonly record struct Pending(
    Asked What, DateTimeOffset At, long Since, string Name = "", SqlText? Text = null, byte[]? Bytes = null, bool Cut = false, string? Refused = null)
{
    public bool IsExtended => What is not (Asked.Query or Asked.FunctionCall or Asked.Sync or Asked.CopyEnd);
}

/// <summary>The text of a statement, as much of it as is kept.</summary>
internal sealed record SqlText(string Text, bool Cut, Backslash Backslash = Backslash.Usual);
