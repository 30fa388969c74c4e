using System.Text;
using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.GatewayTests.Databases.RawPostgresClient;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>Clients that begin strangely, ask for what they may not have, or break the protocol: a sentence, an end, and the gateway serves on.</summary>
public sealed class PostgresHostileClientTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private const int SslRequest = (1234 << 16) | 5679;
    private const int GssEncRequest = (1234 << 16) | 5680;

    private int Port => fixture.Tunnel.Port;

    [Fact]
    public async Task G1_offers_of_encryption_are_declined_in_any_order_and_what_is_glued_behind_them_is_read_in_clear()
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync([.. Packet(GssEncRequest), .. Packet(SslRequest), .. Startup(Version30, "user", "x")]);

        Assert.Equal('N', (char)await client.ReadByteAsync());
        Assert.Equal('N', (char)await client.ReadByteAsync());
        Assert.StartsWith("R", (await client.AnswersAsync()).Types, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offers_without_end_are_ended()
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync([.. Enumerable.Repeat(Packet(SslRequest), 5).SelectMany(packet => packet)]);

        for (int i = 0; i < 4; i++)
        {
            Assert.Equal('N', (char)await client.ReadByteAsync());
        }

        Assert.Equal("08P01", (await client.FatalAsync()).Code);
        await ServesOnAsync();
    }

    [Fact]
    public async Task Tls_without_asking_is_answered_with_an_alert()
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync(0x16, 3, 1, 0, 200, 1);

        Assert.Equal(0x15, await client.ReadByteAsync());
        await client.EndedAsync();
        await ServesOnAsync();
    }

    [Theory]
    [InlineData("replication", "true", "replication is not to be had")]
    [InlineData("replication", "database", "replication is not to be had")]
    [InlineData("session_preload_libraries", "x", "'session_preload_libraries' is not passed on")]
    [InlineData("options", "-c log_statement=none", "'log_statement' is not passed on")]
    [InlineData("options", "-B 5", "'-B' in the start-up parameter 'options' is not passed on")]
    [InlineData("options", "-c", "'-c' in the start-up parameter 'options' is not passed on")]
    [InlineData("options", "--role=postgres", "'role' is not passed on")]
    public async Task G7_start_up_parameters_off_the_list_are_refused_by_name(string name, string value, string words)
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync(Startup(Version30, "user", "x", name, value));

        Assert.Contains(words, (await client.FatalAsync()).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G7_settings_on_the_list_reach_the_server_and_the_user_does_not()
    {
        RunResult result = await Run.ProgramAsync(
            "psql",
            [.. PostgresTunnel.PsqlOptions(Port), "-c", "select current_user || current_setting('statement_timeout') || current_setting('search_path') || current_setting('intervalstyle')", "shop"],
            null,
            new Dictionary<string, string?> { ["PGOPTIONS"] = "-c statement-timeout=4s --search_path=a -cIntervalStyle=iso_8601 -c application_name=of\\ psql", ["PGUSER"] = "postgres", ["PGPASSWORD"] = "nonsense" });

        Assert.Equal("analytics4saiso_8601\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Newer_versions_and_unknown_extensions_are_negotiated_down()
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync(Startup((3 << 16) | 9999, "user", "x", "_pq_.novelty", "on", "_pq_.other", "1"));

        (char type, byte[] body) = await client.ReadAsync();
        Assert.Equal('v', type);
        Assert.Equal([.. Int32(Version32), .. Int32(2), .. Encoding.ASCII.GetBytes("_pq_.novelty\0_pq_.other\0")], body);
        Assert.Contains('K', (await client.AnswersAsync()).Types);
    }

    [Theory]
    [InlineData(2 << 16)]
    [InlineData(4 << 16)]
    public async Task Other_protocols_are_refused_in_a_sentence(int version)
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync(Startup(version, "user", "x"));

        Assert.Contains("is not spoken here, but 3.0 and 3.2", (await client.FatalAsync()).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000000030000")] // shorter than itself
    [InlineData("7fffffff00030000")] // 2 GiB of start-up packet
    [InlineData("ffffffff00030000")]
    [InlineData("00000010000300007573657200787878")] // a text without an end
    [InlineData("0000000a04d2162e0000")] // a cancel key that is none
    [InlineData("5353482d322e302d4f70656e5353480d0a")] // SSH
    [InlineData("474554202f20485454502f312e310d0a")] // HTTP
    public async Task What_begins_as_something_else_is_told_so_and_closed(string hex)
    {
        using RawPostgresClient client = await ConnectAsync(Port);

        await client.SendAsync(Convert.FromHexString(hex));

        Assert.Equal("08P01", (await client.FatalAsync()).Code);
        await ServesOnAsync();
    }

    [Theory]
    [InlineData("5100000003")] // a length that does not count itself
    [InlineData("51ffffffff")]
    [InlineData("517fffffff")] // a statement of 2 GiB
    [InlineData("4500002800")] // an Execute of 10 KiB
    [InlineData("7000000008616200")] // a password, long after the sign-in
    [InlineData("5a0000000549")] // what only servers say
    [InlineData("44000000075800aa")] // Describe of neither kind
    [InlineData("4300000007530061")] // a name that goes on behind its end
    [InlineData("42000000056100")]
    public async Task Message_that_no_client_sends_ends_the_session_in_words(string hex)
    {
        (RawPostgresClient client, _) = await EnterAsync(Port);
        using (client)
        {
            long session = (await fixture.Tunnel.LastSessionAsync()).Id;

            await client.SendAsync([.. Convert.FromHexString(hex), .. Convert.FromHexString("00ffffffff")]);

            await client.EndedAsync();
            await fixture.Tunnel.Gateway.EndedAsync(session);
            Assert.Contains("broke the protocol", (await fixture.Tunnel.Gateway.SessionsAsync()).Single(row => row.Id == session).EndReason!, StringComparison.Ordinal);
            await ServesOnAsync();
        }
    }

    [Fact]
    public async Task Message_that_never_ends_holds_up_nobody()
    {
        (RawPostgresClient client, _) = await EnterAsync(Port);
        using (client)
        {
            await client.SendAsync([.. Encoding.ASCII.GetBytes("Q"), .. Int32(1000), .. Encoding.ASCII.GetBytes("select")]);
            await ServesOnAsync();
        }
    }

    [Theory]
    [InlineData(Version30, 8)]
    [InlineData(Version32, 36)]
    public async Task G3_key_of_a_session_cancels_it_from_another_connection_and_no_other(int version, int length)
    {
        (RawPostgresClient client, byte[] key) = await EnterAsync(Port, version);
        (RawPostgresClient other, byte[] otherKey) = await EnterAsync(Port, version);
        using (client)
        using (other)
        {
            Assert.Equal(length, key.Length);
            Assert.NotEqual(key, otherKey);
            await client.SendAsync(Query("select pg_sleep(60)"));
            await other.SendAsync(Query("select pg_sleep(2)"));
            await Poll.UntilAsync("both run", async () => await fixture.Tunnel.Server.SqlAsync("select count(*) from pg_stat_activity where query like 'select pg_sleep%'") == "2");

            // None of these is a key of somebody's.
            foreach (byte[] wrong in (byte[][])[[.. key[..^1], (byte)~key[^1]], [.. Int32(77), .. key[4..]], [.. key[..4], .. otherKey[4..]]])
            {
                await CancelAsync(Port, wrong);
            }

            // Bob has a grant on the account, and the key is alice's.
            Grant grant = TestGateway.Ok(await fixture.Tunnel.Gateway.Product.Grants.AddAsync(
                TestGateway.Local, new Core.Users.GrantDraft("bob", "shop-db/analytics", Capability.Connect), CancellationToken.None));
            await CancelAsync(await fixture.Tunnel.OpenAsync(fixture.Tunnel.Gateway.BobKey, "bob", "analytics"), key);
            TestGateway.Ok(await fixture.Tunnel.Gateway.Product.Grants.RemoveAsync(TestGateway.Local, grant.Id, CancellationToken.None));
            Assert.Equal((null, "TDCZ"), await CodeAsync(other));

            await CancelAsync(Port, key);

            Assert.Equal("57014", (await CodeAsync(client)).Code);
        }
    }

    [Fact]
    public async Task Answers_stay_in_step_after_an_error_in_the_middle_of_a_pipeline()
    {
        (RawPostgresClient client, _) = await EnterAsync(Port);
        using (client)
        {
            byte[] Run(string sql) => [.. Message('P', Encoding.ASCII.GetBytes($"\0{sql}\0\0\0")), .. Message('B', 0, 0, 0, 0, 0, 0, 0, 0), .. Message('E', 0, 0, 0, 0, 0)];

            await client.SendAsync([.. Run("select 1"), .. Run("select 1/0"), .. Run("select 3"), .. Message('S'), .. Run("select 4"), .. Message('S'), .. Query("select 5")]);

            Assert.Equal(("12DC1EZ", "22012"), await PairAsync(client));
            Assert.Equal("12DCZ", (await client.AnswersAsync()).Types);
            Assert.Equal("TDCZ", (await client.AnswersAsync()).Types);
            await client.SendAsync(Message('X'));
            await client.EndedAsync();
            IReadOnlyList<Core.Statements.Statement> ran = await fixture.Tunnel.StatementsAsync((await fixture.Tunnel.LastSessionAsync()).Id);
            Assert.Equal(
                [("select 1", null), ("select 1/0", "22012"), ("select 4", null), ("select 5", null)],
                ran.Select(one => (one.Text, one.ErrorCode)));
        }
    }

    private static async Task<(string Types, string? Code)> PairAsync(RawPostgresClient client)
    {
        (string types, string? code, _) = await client.AnswersAsync();
        return (types, code);
    }

    private static async Task<(string? Code, string Types)> CodeAsync(RawPostgresClient client)
    {
        (string types, string? code, _) = await client.AnswersAsync();
        return (code, types);
    }

    private static async Task CancelAsync(int port, byte[] key)
    {
        using RawPostgresClient cancel = await ConnectAsync(port);
        await cancel.SendAsync(Packet((1234 << 16) | 5678, key));
        await cancel.EndedAsync();
    }

    private async Task ServesOnAsync()
    {
        (RawPostgresClient client, _) = await EnterAsync(Port);
        using (client)
        {
            await client.SendAsync(Query("select 1"));
            Assert.Equal("TDCZ", (await client.AnswersAsync()).Types);
        }
    }
}
