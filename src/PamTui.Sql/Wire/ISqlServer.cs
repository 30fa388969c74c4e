namespace PamTui.Sql.Wire;

/// <summary>A connection to a database, through the gateway's relay: one statement at a time.</summary>
internal interface ISqlServer : IAsyncDisposable
{
    /// <summary>As the server says it; not trusted.</summary>
    string Version { get; }

    TransactionState Transaction { get; }

    /// <summary>A backslash in a literal in plain quotes takes the meaning from what follows it: a setting of the session.</summary>
    bool HasEscapes { get; }

    /// <summary>
    /// Runs what may be several statements to the server, and gives what it answers in its order. The caller reads to the end: a statement that
    /// failed is a reply like others.
    /// </summary>
    /// <exception cref="SqlLostException">The connection is over, and with it everything that was not committed.</exception>
    IAsyncEnumerable<SqlReply> RunAsync(string statement, CancellationToken ct);

    /// <summary>While nothing runs: waits for what the server says unasked.</summary>
    /// <exception cref="SqlLostException">It said that it is over, or was gone.</exception>
    Task<SqlReply.Notice> IdleAsync(CancellationToken ct);

    /// <summary>Asks the server to give up the statement that runs; whether it does is seen in the statement's own replies.</summary>
    Task CancelAsync(CancellationToken ct);
}
