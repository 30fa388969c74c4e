using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PamTui.Gateway.Databases.MySql;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>A server that says what a test tells it: what no real one does on demand, and MySQL's caching_sha2_password, which MariaDB does not have.</summary>
internal sealed class FakeMySql : IAsyncDisposable
{
    public static readonly byte[] Nonce = Encoding.ASCII.GetBytes("abcdefghijklmnopqrst");

    public const Capabilities Can = Capabilities.Offered | Capabilities.Ssl | Capabilities.LocalFiles | Capabilities.Compress | Capabilities.QueryAttributes;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Peer, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    public FakeMySql(Func<Peer, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static byte[] OkPacket(ushort status = 2) => [0, 0, 0, (byte)status, (byte)(status >> 8), 0, 0];

    public static ServerGreeting Greeting(string plugin, Capabilities can = Can) =>
        new(Encoding.ASCII.GetBytes("8.4.0-fake"), 4711, Nonce, can, 255, 2, plugin);

    /// <summary>A server that lets everybody in, and then does as it is told with each command.</summary>
    public static FakeMySql Answering(Func<Peer, byte[], CancellationToken, Task> answer) => new(async (peer, ct) =>
    {
        await peer.GreetAsync(PluginName.Native, ct);
        await peer.Packets.WriteAsync(OkPacket(), ct);
        while (true)
        {
            peer.Packets.Restart();
            await answer(peer, await peer.Packets.ReadAsync(ct), ct);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await _serve(new Peer(stream), _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or Gateway.Databases.BrokenProtocolException)
        {
            // The gateway has hung up: what it did before is what tests look at.
        }
    }

    /// <summary>One connection of the gateway's.</summary>
    public sealed class Peer(NetworkStream stream)
    {
        public PacketStream Packets { get; } = new(stream);

        public NetworkStream Stream => stream;

        /// <summary>The user that the gateway names, and what proves it.</summary>
        public string User { get; private set; } = "";

        public byte[] Proof { get; private set; } = [];

        public Capabilities Asked { get; private set; }

        public async Task GreetAsync(string plugin, CancellationToken ct, TestCa? ca = null)
        {
            await Packets.WriteAsync(Greeting(plugin).Write(), ct);
            byte[] response = await Packets.ReadAsync(ct);
            if (ca is not null)
            {
                Assert.Equal(32, response.Length);
                SslStream tls = new(stream);
                (string certificate, string key) = ca.Issue(["127.0.0.1"]);
                using X509Certificate2 pem = X509Certificate2.CreateFromPem(certificate, key);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null) }, ct);
                Packets.Upgrade(tls);
                response = await Packets.ReadAsync(ct);
            }

            MySqlReader reader = new(response);
            Asked = (Capabilities)reader.UInt32();
            reader.Raw(28);
            User = Encoding.UTF8.GetString(reader.Terminated());
            Proof = reader.String().ToArray();
        }

        /// <summary>caching_sha2_password for a user whose hash is in the server's cache.</summary>
        public bool IsFastProofOf(string password)
        {
            byte[] once = SHA256.HashData(Encoding.UTF8.GetBytes(password));
            byte[] mask = SHA256.HashData([.. SHA256.HashData(once), .. Nonce]);
            return Proof.SequenceEqual(once.Select((one, at) => (byte)(one ^ mask[at])));
        }
    }
}
