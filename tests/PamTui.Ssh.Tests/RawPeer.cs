using System.Text;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests;

/// <summary>A peer that says what a test tells it, legal or not, and can do each step of a handshake by itself.</summary>
internal sealed partial class RawPeer : IAsyncDisposable
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

    /// <summary>What it proves to be as a server.</summary>
    public SshPrivateKey? HostKey { get; set; }

    public byte[] SessionId => _sessionId!;

    /// <summary>Bytes of ours that the other side has not taken yet.</summary>
    public int Waiting => _writer.Waiting;

    public async Task RawAsync(byte[] bytes)
    {
        _writer.AddRaw(bytes);
        await _writer.FlushAsync(_stop.Token);
    }

    public async Task VersionsAsync()
    {
        await RawAsync(Encoding.ASCII.GetBytes(OwnVersion + "\r\n"));
        await ReceiveVersionAsync();
    }

    public async Task ReceiveVersionAsync() => _peerVersion = Encoding.ASCII.GetString(await _reader.ReadLineAsync(255, _stop.Token));

    public async Task SendAsync(params byte[] payload)
    {
        _writer.Add(payload, default);
        await _writer.FlushAsync(_stop.Token);
    }

    /// <summary>Adds a message to what the next send takes along.</summary>
    public void Add(ReadOnlySpan<byte> payload) => _writer.Add(payload, default);

    public ValueTask FlushAsync() => _writer.FlushAsync(_stop.Token);

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
        KexInit init = KexInit.Offer(Preferences, HostKey?.SignatureAlgorithms ?? Preferences.HostKeys, _role, first: Strict && _sessionId is null);
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

    /// <summary>As a server: the client's message, answered and signed.</summary>
    public async Task AnswerMethodAsync()
    {
        await SendAsync(_kex!.ServerAnswer(await ReceiveAsync(MessageId.KexExchangeInit), new KexTerms(SshRole.Server, new SshOptions(), [HostKey!])));
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

    /// <summary>The whole handshake.</summary>
    public async Task HandshakeAsync()
    {
        await VersionsAsync();
        await SendKexInitAsync();
        await ReceiveKexInitAsync();
        if (_role == SshRole.Client)
        {
            await SendMethodAsync();
            await ReceiveAnswerAsync();
        }
        else
        {
            await AnswerMethodAsync();
        }

        await SendNewKeysAsync();
        await ReceiveNewKeysAsync();
    }

    /// <summary>As a client: signs in with a password.</summary>
    public async Task SignInAsync(string user, string password)
    {
        await SendAsync([MessageId.ServiceRequest, .. Text("ssh-userauth")]);
        await SendAsync([MessageId.UserAuthRequest, .. Text(user), .. Text("ssh-connection"), .. Text("password"), 0, .. Text(password)]);
        Assert.NotEmpty(await ReceiveAsync(MessageId.UserAuthSuccess));
    }

    /// <summary>As a server: lets whoever comes in, whatever is shown.</summary>
    public async Task LetInAsync()
    {
        Assert.NotEmpty(await ReceiveAsync(MessageId.ServiceRequest));
        await SendAsync([MessageId.ServiceAccept, .. Text("ssh-userauth")]);
        Assert.NotEmpty(await ReceiveAsync(MessageId.UserAuthRequest));
        await SendAsync(MessageId.UserAuthSuccess);
    }

    /// <summary>A string of the wire (RFC 4251 §5).</summary>
    public static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
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

    /// <summary>Closes the connection under whoever still reads, who then finds its end.</summary>
    public ValueTask HangUpAsync() => _stream.DisposeAsync();

    /// <summary>When nobody reads any more.</summary>
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
