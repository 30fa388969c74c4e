using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>A server that says what a test tells it, in clear: for faults that a real one will not make.</summary>
public sealed class FakePostgres : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <param name="talk">With each connection, after its start-up packet was read.</param>
    public FakePostgres(Func<Stream, Task> talk)
    {
        _listener.Start();
        _serving = ServeAsync(talk);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What clients sent after the start-up packet.</summary>
    public MemoryStream Heard { get; } = new();

    public static byte[] Error(string severity, string code, string words) =>
        RawPostgresClient.Message('E', Encoding.UTF8.GetBytes($"S{severity}\0V{severity}\0C{code}\0M{words}\0\0"));

    public static byte[] Authentication(int method, params byte[] rest) => RawPostgresClient.Message('R', [.. RawPostgresClient.Int32(method), .. rest]);

    /// <summary>Lets whoever asks in by md5, which it does not look at.</summary>
    public async Task LetInAsync(Stream stream)
    {
        await stream.WriteAsync(Authentication(5, 1, 2, 3, 4));
        await ReadMessageAsync(stream);
        await stream.WriteAsync((byte[])[.. Authentication(0), .. RawPostgresClient.Message('K', 0, 0, 0, 1, 0, 0, 0, 2), .. RawPostgresClient.Message('Z', (byte)'I')]);
    }

    public async Task ReadMessageAsync(Stream stream)
    {
        byte[] head = new byte[5];
        await stream.ReadExactlyAsync(head, _stop.Token);
        byte[] body = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
        await stream.ReadExactlyAsync(body, _stop.Token);
        Heard.Write(head);
        Heard.Write(body);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<Stream, Task> talk)
    {
        while (true)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                Stream stream = client.GetStream();
                byte[] length = new byte[4];
                await stream.ReadExactlyAsync(length, _stop.Token);
                await stream.ReadExactlyAsync(new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length) - 4], _stop.Token);
                await talk(stream);
            }
            catch (IOException)
            {
                // The gateway had enough.
            }
        }
    }

    public override string ToString() => Port.ToString(CultureInfo.InvariantCulture);
}
