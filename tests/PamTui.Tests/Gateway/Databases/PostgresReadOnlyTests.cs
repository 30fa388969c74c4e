using System.Globalization;
using System.Text;
using Npgsql;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Servers;
using static PamTui.Tests.GatewayTests.Databases.RawPostgresClient;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>A tunnel to shop-db/analytics, which may write, for bob, who may only read by it.</summary>
public sealed class ReadOnlyTunnelFixture : IAsyncLifetime
{
    public PostgresTunnel Tunnel { get; private set; } = null!;

    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Tunnel = await PostgresTunnel.StartAsync();
        (await Tunnel.PsqlAsync("create table goods (n int); insert into goods values (1), (2);")).Succeeded();
        TestGateway.Ok(await Tunnel.Gateway.Product.Grants.AddAsync(
            TestGateway.Local, new GrantDraft("bob", "shop-db/analytics", Capability.Connect) { ReadOnly = true }, CancellationToken.None));
        Port = await Tunnel.OpenAsync(Tunnel.Gateway.BobKey, "bob", "analytics");
    }

    public ValueTask DisposeAsync() => Tunnel.DisposeAsync();
}

public sealed class PostgresReadOnlyTests(ReadOnlyTunnelFixture fixture) : IClassFixture<ReadOnlyTunnelFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("set transaction_read_only = off")]
    [InlineData("set default_transaction_read_only = off")]
    [InlineData("/* a /* b */ */ sEt\n\"default_transaction_read_only\" to off")]
    [InlineData("set session characteristics as transaction read write")]
    [InlineData("begin read write")]
    [InlineData("begin; set transaction read write")]
    [InlineData("select set_config('default_transaction_read_only', 'off', false)")]
    [InlineData("select \"set_config\"('default_transaction_read_only', 'off', false)")]
    [InlineData("select U&\"\\0073et_config\"('default_transaction_read_only', 'off', false)")]
    [InlineData("update pg_settings set setting = 'off' where name = 'default_transaction_read_only'")]
    [InlineData("do $$ begin set default_transaction_read_only = off; end $$")]
    [InlineData("select E'\\''; set default_transaction_read_only = off; --'")]
    [InlineData("set standard_conforming_strings = off; select '\\'; set transaction_read_only = off; --'")]
    [InlineData("select '\\'; set transaction_read_only = off; --'")]
    [InlineData("reset all")]
    [InlineData("discard all")]
    [InlineData("reset default_transaction_read_only")]
    [InlineData("alter role analytics set default_transaction_read_only = off")]
    [InlineData("set role analytics")]
    [InlineData("commit and chain")]
    public async Task Nothing_makes_the_session_write(string sql)
    {
        (RawPostgresClient client, _) = await EnterAsync(fixture.Port, Version30, "options", "-c default_transaction_isolation=serializable");
        using (client)
        {
            await client.SendAsync([.. Query(sql), .. Query("rollback"), .. Query("insert into goods values (3)"), .. Query("select count(*) from goods")]);

            await client.AnswersAsync();
            await client.AnswersAsync();
            Assert.Equal("25006", (await client.AnswersAsync()).Code);
            Assert.Equal("TDCZ", (await client.AnswersAsync()).Types);
        }

        Assert.Equal("2", await fixture.Tunnel.Server.SqlAsync("select count(*) from goods", "shop"));
    }

    [Fact]
    public async Task Refused_statement_fails_at_its_place_and_the_session_goes_on()
    {
        RunResult result = await PostgresTunnel.PsqlAsync(
            fixture.Port, "select 'before'; begin; select count(*) from goods; set transaction read write; select 'aborted'; rollback; select 'after';", "-v", "ON_ERROR_STOP=0");

        Assert.Equal("before\n2\nafter\n", result.Ended(0).Text);
        Assert.Contains("ERROR:  transactions do not write with a grant that is read-only", result.Error, StringComparison.Ordinal);
        Assert.Contains("current transaction is aborted", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("syntax error", result.Error, StringComparison.Ordinal);
        IReadOnlyList<Statement> ran = await fixture.Tunnel.StatementsAsync((await fixture.Tunnel.LastSessionAsync()).Id);
        Assert.Equal("25006", ran.Single(one => one.Text == "set transaction read write;").ErrorCode);
        Assert.DoesNotContain(ran, one => one.Text == "!");
    }

    [Fact]
    public async Task Prepared_statement_is_refused_at_its_place_in_a_pipeline()
    {
        (RawPostgresClient client, _) = await EnterAsync(fixture.Port);
        using (client)
        {
            byte[] Run(string sql) => [.. Message('P', Encoding.ASCII.GetBytes($"\0{sql}\0\0\0")), .. Message('B', 0, 0, 0, 0, 0, 0, 0, 0), .. Message('E', 0, 0, 0, 0, 0)];
            byte[] all = [.. Run("select 1"), .. Run("set default_transaction_read_only = off"), .. Run("select 3"), .. Message('S'), .. Query("select 4")];

            // Byte by byte, so that every message is held in every state.
            foreach (byte one in all)
            {
                await client.SendAsync(one);
            }

            (string types, string? code, string? words) = await client.AnswersAsync();
            Assert.Equal(("12DCEZ", "25006"), (types, code));
            Assert.Contains("default_transaction_read_only stays as it is", words!, StringComparison.Ordinal);
            Assert.Equal("TDCZ", (await client.AnswersAsync()).Types);
        }
    }

    [Fact]
    public async Task Function_calls_beside_sql_and_data_are_refused()
    {
        (RawPostgresClient client, _) = await EnterAsync(fixture.Port);
        using (client)
        {
            // set_config(text, text, boolean), and lo_creat(integer).
            await client.SendAsync([.. Message('F', [.. Int32(2078), 0, 0, 0, 0, 0, 0]), .. Message('F', [.. Int32(957), 0, 0, 0, 1, .. Int32(4), .. Int32(-1), 0, 0]), .. Query("copy goods from stdin")]);

            Assert.Equal(("EZ", "25006"), await PairAsync(client));
            Assert.Equal(("EZ", "25006"), await PairAsync(client));
            Assert.Equal(("EZ", "25006"), await PairAsync(client));
        }
    }

    [Fact]
    public async Task Npgsql_reads_pools_and_resets_as_ever()
    {
        string settings = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={fixture.Port};Username=x;Database=shop;Maximum Pool Size=1;Application Name=reader");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(settings);
        for (int i = 0; i < 3; i++)
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(Ct);
            await using NpgsqlCommand read = new("select count(*) from goods where n >= $1", connection) { Parameters = { new() { Value = 1 } } };
            Assert.Equal(2L, await read.ExecuteScalarAsync(Ct));
            await using NpgsqlCommand write = new("insert into goods values ($1)", connection) { Parameters = { new() { Value = 1 } } };
            PostgresException error = await Assert.ThrowsAsync<PostgresException>(async () => await write.ExecuteNonQueryAsync(Ct));
            Assert.Equal("25006", error.SqlState);
        }
    }

    [Fact]
    public async Task Statement_too_long_to_be_judged_ends_the_session_in_words()
    {
        (RawPostgresClient client, _) = await EnterAsync(fixture.Port);
        using (client)
        {
            await client.SendAsync([(byte)'Q', .. Int32(2_000_000)]);

            (string code, string words) = await client.FatalAsync();
            Assert.Equal("57P01", code);
            Assert.Contains("in a read-only session", words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Encoding_in_which_quotes_hide_is_refused_at_the_start()
    {
        using RawPostgresClient client = await ConnectAsync(fixture.Port);

        await client.SendAsync(Startup(Version30, "user", "x", "client_encoding", "SJIS"));

        Assert.Contains("'SJIS' is not to be had with a grant that is read-only", (await client.FatalAsync()).Words, StringComparison.Ordinal);
    }

    private static async Task<(string Types, string? Code)> PairAsync(RawPostgresClient client)
    {
        (string types, string? code, _) = await client.AnswersAsync();
        return (types, code);
    }
}
