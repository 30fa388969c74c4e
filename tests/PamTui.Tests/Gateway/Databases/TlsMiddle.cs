using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>Somebody on the way to a PostgreSQL server who ends TLS with a certificate of his own, reads along, and has TLS with the server.</summary>
public sealed class TlsMiddle : IAsyncDisposable
{
    private static readonly byte[] s_sslRequest = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly StringBuilder _heard = new();
    private readonly bool _hidesBinding;
    private readonly Task _serving;

    /// <param name="pem">The certificate it shows, and its key.</param>
    /// <param name="hidesBinding">It takes SCRAM-SHA-256-PLUS off the ways to sign in that the server offers.</param>
    public TlsMiddle(Postgres server, (string Certificate, string Key) pem, bool hidesBinding)
    {
        _hidesBinding = hidesBinding;
        _listener.Start();
        _serving = ServeAsync(server, pem);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came from the gateway, in clear.</summary>
    public string Heard
    {
        get
        {
            lock (_heard)
            {
                return _heard.ToString();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync(Postgres server, (string Certificate, string Key) pem)
    {
        using X509Certificate2 shown = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
        using X509Certificate2 own = X509Certificate2.CreateFromPem(server.Pem.Certificate);
        while (true)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            using TcpClient upstream = new();
            await upstream.ConnectAsync(Postgres.Host, server.Port, _stop.Token);
            try
            {
                await JoinAsync(client.GetStream(), upstream.GetStream(), shown, own);
            }
            catch (IOException)
            {
                // One of them had enough.
            }
        }
    }

    private async Task JoinAsync(NetworkStream client, NetworkStream server, X509Certificate2 shown, X509Certificate2 own)
    {
        await client.ReadExactlyAsync(new byte[s_sslRequest.Length], _stop.Token);
        await client.WriteAsync("S"u8.ToArray(), _stop.Token);
        await using SslStream near = new(client);
        await near.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = shown }, _stop.Token);
        await server.WriteAsync(s_sslRequest, _stop.Token);
        await server.ReadExactlyAsync(new byte[1], _stop.Token);
        await using SslStream far = new(server, false, (_, certificate, _, _) => certificate!.GetRawCertData().AsSpan().SequenceEqual(own.RawData));
        await far.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "middle" }, _stop.Token);

        Task up = PumpAsync(near, far, Hear), down = PumpAsync(far, near, Hide);
        await Task.WhenAny(up, down);
        client.Close();
        server.Close();
        await Task.WhenAll(up, down);
    }

    private async Task PumpAsync(SslStream from, SslStream to, Func<byte[], byte[]> pass)
    {
        byte[] buffer = new byte[16 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, _stop.Token)) > 0;)
        {
            await to.WriteAsync(pass(buffer[..count]), _stop.Token);
        }
    }

    private byte[] Hear(byte[] piece)
    {
        lock (_heard)
        {
            _heard.Append(Encoding.Latin1.GetString(piece));
        }

        return piece;
    }

    // AuthenticationSASL: type, length, 10, and the names, each with a 0 behind it and a 0 after the last.
    private byte[] Hide(byte[] piece) => _hidesBinding && Encoding.Latin1.GetString(piece).Contains("SCRAM-SHA-256-PLUS\0", StringComparison.Ordinal)
        ? RawPostgresClient.Message('R', [.. RawPostgresClient.Int32(10), .. "SCRAM-SHA-256\0\0"u8])
        : piece;
}
