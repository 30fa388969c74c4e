using System.Text;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests;

/// <summary>A peer that says what a test tells it, legal or not, and can do each step of a handshake by itself.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private const string OwnVersion = "SSH-2.0-raw";

    private readonly Stream _stream;
    private readonly SshRole _role;
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(20));
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private string _peerVersion = "";
    private KexRun? _kex;
    private byte[]? _sessionId;
    private PacketCipher? _nextReceive;

    public RawPeer(Stream stream, SshRole role)
    {
        (_stream, _role) = (stream, role);
        _reader = new(stream) { MaxPacketLength = 1 << 20 };
        _writer = new(stream, _ => { }, _stop.Token);
    }

    public AlgorithmPreferences Preferences { get; init; } = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] };

    public bool Strict { get; init; } = true;

    public byte[] SessionId => _sessionId!;

    /// <summary>A raw client at an engine server that is accepting, and the server's handshake.</summary>
    public static (RawPeer Client, Task<SshTransport> Server) AtServer(SshOptions? options = null, bool strict = true)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        return (new(c, SshRole.Client) { Strict = strict }, SshTransport.AcceptAsync(s, options ?? new(), [SessionPair.HostKey], SessionPair.Soon()));
    }

    public async Task RawAsync(byte[] bytes)
    {
        _writer.AddRaw(bytes);
        await _writer.FlushAsync(_stop.Token);
    }

    public async Task VersionsAsync()
    {
        await RawAsync(Encoding.ASCII.GetBytes(OwnVersion + "\r\n"));
        _peerVersion = Encoding.ASCII.GetString(await _reader.ReadLineAsync(255, _stop.Token));
    }

    public async Task SendAsync(params byte[] payload)
    {
        _writer.Add(payload, default);
        await _writer.FlushAsync(_stop.Token);
    }

    /// <summary>The next payload; empty when the other side has closed.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        ReadOnlyMemory<byte> payload;
        while (!_reader.TryRead(out payload))
        {
            if (!await _reader.FillAsync(_stop.Token))
            {
                return [];
            }
        }

        return payload.ToArray();
    }

    /// <summary>Reads on until a message of this number, or the end.</summary>
    public async Task<byte[]> ReceiveAsync(byte id)
    {
        while (true)
        {
            byte[] payload = await ReceiveAsync();
            if (payload.Length == 0 || payload[0] == id)
            {
                return payload;
            }
        }
    }

    public async Task SendKexInitAsync(Func<KexInit, KexInit>? alter = null)
    {
        KexInit init = KexInit.Offer(Preferences, Preferences.HostKeys, _role, first: Strict && _sessionId is null);
        (string client, string server) = _role == SshRole.Client ? (OwnVersion, _peerVersion) : (_peerVersion, OwnVersion);
        _kex = new(_role, alter?.Invoke(init) ?? init, client, server);
        await SendAsync(_kex.OurInit.ToArray());
    }

    public async Task ReceiveKexInitAsync(bool? strict = null) => _kex!.TakePeerInit(await ReceiveAsync(MessageId.KexInit), strict);

    public Task SendMethodAsync() => SendAsync(_kex!.ClientMessage());

    /// <summary>As a client: the answer, checked.</summary>
    public async Task ReceiveAnswerAsync()
    {
        _kex!.ClientVerify(await ReceiveAsync(MessageId.KexExchangeReply));
        _sessionId ??= _kex.ExchangeHash;
    }

    public async Task SendNewKeysAsync()
    {
        await SendAsync(MessageId.NewKeys);
        (PacketCipher send, _nextReceive) = _kex!.Keys(_sessionId);
        _writer.Use(send, Strict);
    }

    public async Task ReceiveNewKeysAsync()
    {
        Assert.Equal(MessageId.NewKeys, (await ReceiveAsync())[0]);
        _reader.Use(_nextReceive!, Strict);
    }

    /// <summary>The whole handshake, as a client.</summary>
    public async Task HandshakeAsync()
    {
        await VersionsAsync();
        await SendKexInitAsync();
        await ReceiveKexInitAsync();
        await SendMethodAsync();
        await ReceiveAnswerAsync();
        await SendNewKeysAsync();
        await ReceiveNewKeysAsync();
    }

    /// <summary>The other side ended the connection: with a DISCONNECT, which says nothing but a general word, or without.</summary>
    public async Task IsDisconnectedAsync(DisconnectReason? reason = null)
    {
        byte[] last = await ReceiveAsync(MessageId.Disconnect);
        if (last.Length > 0 && reason is not null)
        {
            Assert.Equal(reason, Disconnect.Read(last).Reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _writer.StoppedAsync();
        _reader.Dispose();
        _writer.Dispose();
        _kex?.Dispose();
        _stop.Dispose();
    }
}
