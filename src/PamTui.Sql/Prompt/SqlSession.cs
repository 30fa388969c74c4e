using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>The connection that statements run on, which `\c` exchanges for another.</summary>
internal sealed class SqlSession(PromptRequest request) : IAsyncDisposable
{
    private ISqlServer? _server;

    public SqlKind Kind => request.Kind;

    public ISqlServer Server => _server ?? throw new InvalidOperationException("Not connected yet.");

    /// <summary>The old connection stays when there is no new one.</summary>
    /// <param name="database">Null: the resource's.</param>
    /// <exception cref="SqlLostException">There is none; its message says why.</exception>
    public async Task ConnectAsync(string? database, CancellationToken ct)
    {
        ISqlServer server;
        try
        {
            server = Kind == SqlKind.PostgreSql
                ? await PostgreSqlServer.ConnectAsync(request.Dial, database, ct)
                : await MySqlServer.ConnectAsync(request.Dial, database, ct);
        }
        catch (IOException e)
        {
            throw new SqlLostException(e.Message);
        }

        await DisposeAsync();
        _server = server;
    }

    /// <summary>The first value of the first row of a statement of ours; null: there is none.</summary>
    public async Task<string?> ValueAsync(string statement, CancellationToken ct) => (await RowsAsync(statement, ct)).Select(row => row[0]).FirstOrDefault();

    /// <summary>The rows of a statement of ours, at most 10,000; none when it failed.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(string statement, CancellationToken ct)
    {
        const int most = 10_000;
        List<IReadOnlyList<string?>> rows = [];
        await foreach (SqlReply reply in Server.RunAsync(statement, ct))
        {
            if (reply is SqlReply.Row { Values: { Count: > 0 } values } && rows.Count < most)
            {
                rows.Add(values);
            }
        }

        return rows;
    }

    public ValueTask DisposeAsync()
    {
        ISqlServer? server = _server;
        _server = null;
        return server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
