using System.Security.Cryptography;
using System.Text;
using PamTui.Gateway.Databases.MySql;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>
/// MySQL's caching_sha2_password as its documents have it, by a server that says OK to whatever is asked afterwards. Clients of others sign in here
/// by the same words as the gateway (<see cref="CachingSha2Tests"/>).
/// </summary>
internal sealed class CachingSha2Server : IAsyncDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly FakeMySql _server;
    private readonly List<string> _seen = [];

    /// <param name="way">"fast": the server remembers the user; "full": it wants the password; "switch": it greets with another way to sign in.</param>
    /// <param name="ca">Null: no TLS.</param>
    public CachingSha2Server(string way, TestCa? ca) => _server = new FakeMySql((peer, ct) => ServeAsync(peer, way, ca, ct));

    public int Port => _server.Port;

    /// <summary>What clients said in their sign-ins, each as the server understands it.</summary>
    public IReadOnlyList<string> Seen => _seen;

    /// <summary>What a client that knows the password says.</summary>
    public static string[] Expected(string way, bool tls, string password) => (way, tls) switch
    {
        ("fast", _) => ["app True"],
        ("switch", _) => ["switched, 32"],
        (_, true) => ["app True", password + "\0"],
        _ => ["app True", "02", password + "\0"],
    };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _rsa.Dispose();
    }

    private async Task ServeAsync(FakeMySql.Peer peer, string way, TestCa? ca, CancellationToken ct)
    {
        await peer.GreetAsync(way == "switch" ? "sha256_password" : PluginName.CachingSha2, ct, ca);
        if (way == "switch")
        {
            await peer.Packets.WriteAsync(new MySqlWriter().Byte(0xFE).Terminated("caching_sha2_password"u8).Terminated(FakeMySql.Nonce).Written, ct);
            _seen.Add($"switched, {(await peer.Packets.ReadAsync(ct)).Length}");
        }
        else
        {
            _seen.Add($"{peer.User} {peer.IsFastProofOf(MySqlGateway.Password)}");
        }

        if (way == "full")
        {
            await peer.Packets.WriteAsync(new byte[] { 1, 4 }, ct);
            byte[] answer = await peer.Packets.ReadAsync(ct);
            if (ca is null)
            {
                _seen.Add(Convert.ToHexString(answer));
                await peer.Packets.WriteAsync((byte[])[1, .. Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem())], ct);
                byte[] hidden = _rsa.Decrypt(await peer.Packets.ReadAsync(ct), RSAEncryptionPadding.OaepSHA1);
                answer = [.. hidden.Select((one, at) => (byte)(one ^ FakeMySql.Nonce[at % 20]))];
            }

            _seen.Add(Encoding.UTF8.GetString(answer));
        }
        else
        {
            await peer.Packets.WriteAsync(new byte[] { 1, 3 }, ct);
        }

        await peer.Packets.WriteAsync(FakeMySql.OkPacket(), ct);
        while (true)
        {
            peer.Packets.Restart();
            byte[] command = await peer.Packets.ReadAsync(ct);
            if (command is [(byte)Command.Quit, ..])
            {
                return;
            }

            await peer.Packets.WriteAsync(FakeMySql.OkPacket(), ct);
        }
    }
}
