using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway.Databases.MySql;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>Both sign-ins: of a client, which proves nothing, and at a server, which gets no more than it must.</summary>
[Collection(nameof(MySqlGateway))]
public sealed class MySqlSignInTests(MySqlGateway fixture)
{
    private static int s_names;

    [Theory]
    [InlineData(PluginName.Native, 20)]
    [InlineData(PluginName.Native, 0)]
    [InlineData(PluginName.CachingSha2, 32)]
    [InlineData("mysql_clear_password", 9)]
    [InlineData("sha256_password", 1)]
    [InlineData("client_ed25519", 64)]
    public async Task Client_of_any_way_to_sign_in_comes_to_its_end(string plugin, int proof)
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
        await client.Packets.WriteAsync(RawMySqlClient.Response(plugin: plugin, proof: proof), CancellationToken.None);
        byte[] answer = await client.Packets.ReadAsync(CancellationToken.None);
        if (plugin != PluginName.Native)
        {
            string wanted = plugin == PluginName.CachingSha2 ? plugin : PluginName.Native;
            Assert.StartsWith("\u00fe" + wanted + "\0", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
            await client.Packets.WriteAsync(new byte[wanted == PluginName.Native ? 20 : 32], CancellationToken.None);
            answer = await client.Packets.ReadAsync(CancellationToken.None);
            if (wanted == PluginName.CachingSha2)
            {
                Assert.Equal([1, 3], answer);
                answer = await client.Packets.ReadAsync(CancellationToken.None);
            }
        }

        Assert.Equal(0, answer[0]);
        Assert.Equal(1, (await client.AskAsync("SELECT 1"))[0]);
    }

    [Fact]
    public async Task G6_Client_is_offered_what_both_can_and_no_more()
    {
        Capabilities asked = 0;
        await using FakeMySql server = new(async (peer, ct) =>
        {
            await peer.GreetAsync(PluginName.Native, ct);
            asked = peer.Asked;
            await peer.Packets.WriteAsync(FakeMySql.OkPacket(), ct);
            await peer.Packets.ReadAsync(ct);
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
        await client.Packets.WriteAsync(RawMySqlClient.Response((Capabilities)uint.MaxValue & ~(Capabilities.ConnectAttributes | Capabilities.ZstdCompression)), CancellationToken.None);
        Assert.Equal(0, (await client.Packets.ReadAsync(CancellationToken.None))[0]);

        const Capabilities never = Capabilities.Ssl | Capabilities.LocalFiles | Capabilities.Compress | Capabilities.QueryAttributes | Capabilities.ZstdCompression | Capabilities.ExpiredPasswords | Capabilities.OptionalMetadata;
        Assert.Equal((Capabilities)0, client.Greeting.Capabilities & never);
        Assert.Equal((Capabilities)0, asked & never);
        Assert.Equal(4711u, client.Greeting.ConnectionId);
        Assert.NotEqual(FakeMySql.Nonce, client.Greeting.Nonce);
    }

    [Theory]
    [InlineData("fast", false)]
    [InlineData("full", false)]
    [InlineData("full", true)]
    [InlineData("switch", false)]
    public async Task Caching_sha2_password_signs_in_from_the_cache_by_rsa_and_over_tls(string way, bool tls)
    {
        using TestCa ca = new();
        await using CachingSha2Server server = new(way, tls ? ca : null);
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server.Port, tls ? TlsMode.Verify : TlsMode.Off, tls ? ca.Pem : null);
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);

        Assert.Equal(CachingSha2Server.Expected(way, tls, MySqlGateway.Password), server.Seen);
    }

    [Theory]
    [InlineData("\u00femysql_clear_password\0", "asks for a way to sign in that is not supported")]
    [InlineData("\u00fedialog\0Password: ", "asks for a way to sign in that is not supported")]
    [InlineData("\u00fe", "before 4.1")]
    [InlineData("\u00femysql_native_password\0short", "does not speak as a mysql server does")]
    [InlineData("\u0001\u0004", "does not speak as a mysql server does")]
    [InlineData("\u0002", "does not speak as a mysql server does")]
    [InlineData("\u0000", "does not speak as a mysql server does")]
    [InlineData("\u0000\u0000\u00fc", "does not speak as a mysql server does")]
    [InlineData("", "does not speak as a mysql server does")]
    [InlineData("\u00ff\u0015\u0004#28000Access denied for user 'app'", "did not accept the stored password")]
    [InlineData("\u00ff\u0019\u0004#42000Unknown database", "there is no database 'shop' there")]
    [InlineData("\u00ff\u0037\u1010", "does not let the account in")]
    public async Task D5_Server_that_asks_for_the_password_or_for_anything_odd_gets_nothing_and_the_client_is_told(string said, string told)
    {
        byte[] more = [];
        await using FakeMySql server = new(async (peer, ct) =>
        {
            await peer.GreetAsync(PluginName.Native, ct);
            await peer.Packets.WriteAsync(Encoding.Latin1.GetBytes(said), ct);
            using MemoryStream rest = new();
            await peer.Stream.CopyToAsync(rest, ct);
            more = rest.ToArray();
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
        await client.Packets.WriteAsync(RawMySqlClient.Response(), CancellationToken.None);

        byte[] answer = await client.Packets.ReadAsync(CancellationToken.None);

        Assert.Equal(ErrPacket.Header, answer[0]);
        Assert.Contains(told, ErrPacket.WordsOf(answer), StringComparison.Ordinal);
        Assert.Contains("/app cannot be opened: ", ErrPacket.WordsOf(answer), StringComparison.Ordinal);
        Assert.Equal("", await client.RestAsync());
        Assert.Empty(more);
        Assert.DoesNotContain(MySqlGateway.Password, fixture.Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G8_Certificate_that_is_not_trusted_ends_it_before_the_server_hears_a_name()
    {
        using TestCa other = new();
        bool cameFurther = false;
        await using FakeMySql server = new(async (peer, ct) =>
        {
            await peer.GreetAsync(PluginName.Native, ct, other);
            cameFurther = true;
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server, TlsMode.Verify, fixture.Server.Ca.Pem);
        await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
        await client.Packets.WriteAsync(RawMySqlClient.Response(), CancellationToken.None);

        Assert.Contains("its certificate is not trusted", ErrPacket.WordsOf(await client.Packets.ReadAsync(CancellationToken.None)), StringComparison.Ordinal);
        Assert.Equal("", await client.RestAsync());
        Assert.False(cameFurther);
    }

    [Fact]
    public async Task Server_without_tls_is_refused_where_the_resource_has_it()
    {
        await using FakeMySql server = new((peer, ct) => peer.Packets.WriteAsync(FakeMySql.Greeting(PluginName.Native, FakeMySql.Can & ~Capabilities.Ssl).Write(), ct).AsTask());
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server, TlsMode.Verify, fixture.Server.Ca.Pem);

        Assert.Contains("it does not speak TLS", await new RawMySqlClient(await tunnel.ConnectAsync()).RestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greeting_that_is_cut_anywhere_or_is_none_is_told_in_a_sentence()
    {
        byte[] whole = FakeMySql.Greeting(PluginName.Native).Write().ToArray();
        int length = 0;
        await using FakeMySql server = new((peer, ct) => peer.Packets.WriteAsync(whole.AsMemory(0, length), ct).AsTask());
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        for (length = 0; length < whole.Length - PluginName.Native.Length - 1; length += 3)
        {
            Assert.Contains("cannot be opened: it does not speak as a mysql server does", await new RawMySqlClient(await tunnel.ConnectAsync()).RestAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Response_that_is_cut_anywhere_ends_the_channel_and_no_other()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        byte[] whole = RawMySqlClient.Response(database: "shop");
        await using RawMySqlClient stays = await RawMySqlClient.SignedInAsync(tunnel);
        for (int length = 0; length < whole.Length - 60; length += 5)
        {
            await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
            await client.Packets.WriteAsync(whole.AsMemory(0, length), CancellationToken.None);
            Assert.Equal(ErrPacket.Header, (await client.Packets.ReadAsync(CancellationToken.None))[0]);
            Assert.Equal("", await client.RestAsync());
        }

        Assert.Equal(1, (await stays.AskAsync("SELECT 1"))[0]);
    }

    [Fact]
    public async Task Client_that_wants_tls_in_the_tunnel_is_told_how_to_do_without()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using RawMySqlClient client = await RawMySqlClient.GreetedAsync(tunnel);
        await client.Packets.WriteAsync(RawMySqlClient.Response(RawMySqlClient.Usual | Capabilities.Ssl).AsMemory(0, 32), CancellationToken.None);

        Assert.Contains("--skip-ssl", ErrPacket.WordsOf(await client.Packets.ReadAsync(CancellationToken.None)), StringComparison.Ordinal);
    }

    private Task<MySqlGateway.Tunnel> OpenAsync(FakeMySql server, TlsMode tls = TlsMode.Off, string? ca = null) => OpenAsync(server.Port, tls, ca);

    private async Task<MySqlGateway.Tunnel> OpenAsync(int port, TlsMode tls, string? ca)
    {
        string name = $"fake-{Interlocked.Increment(ref s_names)}";
        await fixture.AddResourceAsync(name, port, tls, ca);
        await fixture.AddAccountAsync(name + "/app", "app", MySqlGateway.Password, null);
        return await fixture.TunnelAsync("app+" + name);
    }
}
