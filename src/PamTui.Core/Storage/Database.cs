using System.Data.Common;
using Microsoft.Data.Sqlite;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>
/// The file vault.db: WAL, so readers never wait; writers take turns, here by a gate and between processes by BEGIN IMMEDIATE.
/// SQLite works on the calling thread, so a transaction runs on one of the pool: nobody's screen or relay waits for the disk.
/// </summary>
internal sealed class Database : IDisposable
{
    public const string FileName = "vault.db";

    // How long a writer waits for writers of other processes; a transaction takes milliseconds.
    private const int BusyMilliseconds = 10_000;

    private readonly string _connectionString;
    private readonly SemaphoreSlim _writer = new(1, 1);

    public Database(string file)
    {
        File = file;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = BusyMilliseconds / 1000,
        }.ToString();
    }

    public string File { get; }

    public string ConnectionString => _connectionString;

    /// <summary>Reads one consistent state.</summary>
    public Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct) => Task.Run(
        async () =>
        {
            using SqliteConnection connection = Open();
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
            return await work(new Tx(connection, transaction, ct)).ConfigureAwait(false);
        },
        ct);

    /// <summary>Commits when the answer is a value, and leaves no trace of a refusal or an exception.</summary>
    public async Task<Result<T>> WriteAsync<T>(Func<Tx, Task<Result<T>>> work, CancellationToken ct)
    {
        await _writer.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                async () =>
                {
                    using SqliteConnection connection = Open();
                    using DbTransaction transaction = connection.BeginTransaction(deferred: false);
                    Result<T> result = await work(new Tx(connection, transaction, ct)).ConfigureAwait(false);
                    if (result.IsOk)
                    {
                        // From here on the caller may go away, the change may not.
                        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    }

                    return result;
                },
                ct).ConfigureAwait(false);
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>A consistent copy of the whole file, taken while others write.</summary>
    public Task CopyToAsync(string file, CancellationToken ct) => Task.Run(
        () =>
        {
            using SqliteConnection source = Open();
            using SqliteConnection copy = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            copy.Open();
            source.BackupDatabase(copy);

            // The copy stands alone: without this its first reader would need a -wal beside it.
            Execute(copy, "PRAGMA journal_mode = DELETE");
        },
        ct);

    public void Dispose()
    {
        _writer.Dispose();
        using SqliteConnection pool = new(_connectionString);
        SqliteConnection.ClearPool(pool);
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file and of Migrations.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public SqliteConnection Open()
    {
        SqliteConnection connection = new(_connectionString);
        try
        {
            connection.Open();

            // SQLite's own waiting is fine-grained, the library's sleeps 150 ms. A file from elsewhere brings no code of its own. A filter
            // over 100,000 accounts goes to and fro in some 20 MiB of index, where the usual 2 MiB would be read again and again.
            Execute(connection, "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
