using System.Data.Common;
using Dapper;

namespace PamTui.Core.Storage;

/// <summary>One transaction: what every statement runs in. Rows are read by column name, '_' left out.</summary>
internal sealed class Tx(DbConnection connection, DbTransaction transaction, CancellationToken ct)
{
    public CancellationToken Cancellation => ct;

    public async Task<List<T>> ListAsync<T>(string sql, object? args = null) =>
        [.. await connection.QueryAsync<T>(Command(sql, args)).ConfigureAwait(false)];

    /// <summary>The first row, or null (zero for a number).</summary>
    public Task<T?> FirstAsync<T>(string sql, object? args = null) => connection.QueryFirstOrDefaultAsync<T>(Command(sql, args));

    /// <summary>The number a statement counts or returns.</summary>
    public Task<long> NumberAsync(string sql, object? args = null) => connection.ExecuteScalarAsync<long>(Command(sql, args));

    /// <summary>How many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? args = null) => connection.ExecuteAsync(Command(sql, args));

    private CommandDefinition Command(string sql, object? args) => new(sql, args, transaction, cancellationToken: ct);
}
