using System.Net.Sockets;
using System.Text;
using PamTui.Gateway.Databases.MySql;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>A client that says what a test tells it, legal or not.</summary>
internal sealed class RawMySqlClient(NetworkStream stream) : IAsyncDisposable
{
    public const Capabilities Usual = Capabilities.OfSignIn | Capabilities.MultiResults | Capabilities.MultiStatements | Capabilities.ConnectWithDb;

    public PacketStream Packets { get; } = new(stream);

    public NetworkStream Stream => stream;

    public ServerGreeting Greeting { get; private set; } = null!;

    public static byte[] Response(Capabilities can = Usual, string plugin = PluginName.Native, string database = "", int proof = 20) =>
        new HandshakeResponse(can, 1 << 24, 45, Encoding.UTF8.GetBytes(database), plugin, []).Write("somebody"u8, new byte[proof]).Written.ToArray();

    public static async Task<RawMySqlClient> GreetedAsync(MySqlGateway.Tunnel tunnel)
    {
        RawMySqlClient client = new(await tunnel.ConnectAsync());
        client.Greeting = ServerGreeting.Read(await client.Packets.ReadAsync(CancellationToken.None));
        return client;
    }

    public static async Task<RawMySqlClient> SignedInAsync(MySqlGateway.Tunnel tunnel, Capabilities can = Usual)
    {
        RawMySqlClient client = await GreetedAsync(tunnel);
        await client.Packets.WriteAsync(Response(can), CancellationToken.None);
        byte[] answer = await client.Packets.ReadAsync(CancellationToken.None);
        Assert.True(answer[0] == 0, ErrPacket.WordsOf(answer));
        return client;
    }

    /// <summary>The first packet of the reply.</summary>
    public async Task<byte[]> AskAsync(params byte[] command)
    {
        Packets.Restart();
        await Packets.WriteAsync(command, CancellationToken.None);
        return await Packets.ReadAsync(CancellationToken.None);
    }

    public Task<byte[]> AskAsync(string sql) => AskAsync([(byte)Command.Query, .. Encoding.UTF8.GetBytes(sql)]);

    /// <summary>So many packets more.</summary>
    public async Task<List<byte[]>> DrainAsync(int packets)
    {
        List<byte[]> all = [];
        while (all.Count < packets)
        {
            all.Add(await Packets.ReadAsync(CancellationToken.None));
        }

        return all;
    }

    /// <summary>What still comes, until the gateway hangs up.</summary>
    public async Task<string> RestAsync()
    {
        using MemoryStream rest = new();
        try
        {
            await stream.CopyToAsync(rest).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (IOException)
        {
            // A reset says the same.
        }

        return Encoding.UTF8.GetString(rest.ToArray());
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
