using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>Npgsql through the tunnel: the extended protocol as an application speaks it, and what the log makes of it (G4).</summary>
public sealed class NpgsqlTunnelTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Settings => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={fixture.Tunnel.Port};Username=whoever;Password=nonsense;Database=shop;Pooling=false");

    [Fact]
    public async Task Values_of_all_kinds_are_kept_with_their_statement()
    {
        await using NpgsqlConnection connection = await OpenAsync();
        Guid guid = Guid.NewGuid();
        await using (NpgsqlCommand command = new("select $1, $2, $3, $4, $5, $6, $7, $8, $9", connection))
        {
            command.Parameters.Add(new() { Value = 42 });
            command.Parameters.Add(new() { Value = -7_000_000_000L });
            command.Parameters.Add(new() { Value = true });
            command.Parameters.Add(new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = guid });
            command.Parameters.Add(new() { Value = "Grüße 'x'" });
            command.Parameters.Add(new() { Value = 1.5 });
            command.Parameters.Add(new() { Value = new byte[] { 1, 2, 255 } });
            command.Parameters.Add(new() { Value = new DateTime(2026, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc) });
            await command.ExecuteNonQueryAsync(Ct);
        }

        Statement statement = (await EndAsync(connection)).Single(one => one.Text.StartsWith("select $1", StringComparison.Ordinal));

        Assert.Equal(
            ["'42'", "'-7000000000'", "'true'", "NULL", $"'{guid}'", "'Grüße 'x''", "'1.5'", "\\x0102ff", "'2026-02-03 04:05:06.789000+00'"],
            statement.Values.Select(value => value.ToString()));
        Assert.Equal(1, statement.Rows);
    }

    [Fact]
    public async Task Named_and_unnamed_statements_interleaved_are_never_taken_for_one_another()
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using NpgsqlCommand a = new("select 'a' || $1::int", connection) { Parameters = { new() { Value = 0 } } };
        await using NpgsqlCommand b = new("select 'b' || $1::int", connection) { Parameters = { new() { Value = 0 } } };
        await a.PrepareAsync(Ct);
        await b.PrepareAsync(Ct);
        for (int i = 1; i <= 3; i++)
        {
            (a.Parameters[0].Value, b.Parameters[0].Value) = (i, 10 * i);
            Assert.Equal($"a{i}", await a.ExecuteScalarAsync(Ct));
            await using (NpgsqlCommand unnamed = new("select 'c' || $1::int", connection) { Parameters = { new() { Value = 100 * i } } })
            {
                Assert.Equal($"c{100 * i}", await unnamed.ExecuteScalarAsync(Ct));
            }

            Assert.Equal($"b{10 * i}", await b.ExecuteScalarAsync(Ct));
        }

        await a.UnprepareAsync(Ct);
        IReadOnlyList<Statement> ran = [.. (await EndAsync(connection)).Where(one => one.Values.Count == 1)];

        Assert.Equal(
            ["a1", "c100", "b10", "a2", "c200", "b20", "a3", "c300", "b30"],
            ran.Select(one => string.Concat(one.Text.AsSpan(8, 1), one.Values[0].Text)));
    }

    [Fact]
    public async Task Batch_with_an_error_in_it_is_kept_up_to_the_error()
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using (NpgsqlBatch batch = new(connection) { BatchCommands = { new("select 1"), new("select 1/0"), new("select 3") } })
        {
            PostgresException error = await Assert.ThrowsAsync<PostgresException>(async () => await batch.ExecuteNonQueryAsync(Ct));
            Assert.Equal("22012", error.SqlState);
        }

        await using (NpgsqlCommand after = new("select 'after'", connection))
        {
            Assert.Equal("after", await after.ExecuteScalarAsync(Ct));
        }

        Assert.Equal([("select 1", null), ("select 1/0", "22012"), ("select 'after'", null)], (await EndAsync(connection)).TakeLast(3).Select(one => (one.Text, one.ErrorCode)));
    }

    [Fact]
    public async Task Binary_copy_notifications_large_values_and_cancellation_work()
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using (NpgsqlCommand create = new("create temp table bulk (n int, t text)", connection))
        {
            await create.ExecuteNonQueryAsync(Ct);
        }

        await using (NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync("copy bulk (n, t) from stdin (format binary)", Ct))
        {
            for (int i = 0; i < 10_000; i++)
            {
                await importer.StartRowAsync(Ct);
                await importer.WriteAsync(i, Ct);
                await importer.WriteAsync("row " + i, Ct);
            }

            await importer.CompleteAsync(Ct);
        }

        string? heard = null;
        connection.Notification += (_, notification) => heard = notification.Payload;
        await using (NpgsqlCommand listen = new("listen news; notify news, 'told'", connection))
        {
            await listen.ExecuteNonQueryAsync(Ct);
        }

        await using (NpgsqlCommand large = new("select length($1)", connection) { Parameters = { new() { Value = new byte[20_000_000] } } })
        {
            Assert.Equal(20_000_000, await large.ExecuteScalarAsync(Ct));
        }

        await using (NpgsqlCommand sleep = new("select pg_sleep(60)", connection))
        {
            using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(300));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleep.ExecuteNonQueryAsync(soon.Token));
        }

        await using (NpgsqlCommand count = new("select count(*) from bulk", connection))
        {
            Assert.Equal(10_000L, await count.ExecuteScalarAsync(Ct));
        }

        Assert.Equal("told", heard);
        IReadOnlyList<Statement> ran = await EndAsync(connection);
        Assert.Equal(10_000, ran.Single(one => one.Text.StartsWith("copy", StringComparison.Ordinal)).Rows);
        Assert.Equal("57014", ran.Single(one => one.Text == "select pg_sleep(60)").ErrorCode);
        StatementValue cut = Assert.Single(ran.Single(one => one.Text == "select length($1)").Values);
        Assert.Equal((20_000_000, true), (cut.Length, cut.IsCut));
    }

    [Fact]
    public async Task Cursor_is_fetched_in_parts_each_with_its_rows()
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Ct))
        {
            await using NpgsqlCommand fetch = new("declare c cursor for select generate_series(1, 10); fetch 4 from c; fetch 100 from c", connection, transaction);
            await fetch.ExecuteNonQueryAsync(Ct);
            await transaction.CommitAsync(Ct);
        }

        Assert.Equal([4L, 6L], (await EndAsync(connection)).Where(one => one.Text.StartsWith("fetch", StringComparison.Ordinal)).Select(one => one.Rows!.Value));
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = new(Settings);
        await connection.OpenAsync(Ct);
        return connection;
    }

    private async Task<IReadOnlyList<Statement>> EndAsync(NpgsqlConnection connection)
    {
        await connection.CloseAsync();
        return await fixture.Tunnel.StatementsAsync((await fixture.Tunnel.LastSessionAsync()).Id);
    }
}
