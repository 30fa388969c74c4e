using System.Threading.Channels;
using PamTui.Ssh.Channels;

namespace PamTui.Ssh.Tests.Channels;

/// <summary>Two connections joined in memory, signed in and running.</summary>
internal sealed class ChannelPair : IAsyncDisposable
{
    private readonly SessionPair _pair;

    private ChannelPair(SessionPair pair, SshConnectionOptions? options)
    {
        _pair = pair;
        Client = new(pair.Client, ClientSide, options ?? new());
        Server = new(pair.Server, ServerSide, options ?? new());
        ClientRun = Client.RunAsync(CancellationToken.None);
        ServerRun = Server.RunAsync(CancellationToken.None);
    }

    public SshConnection Client { get; }

    public SshConnection Server { get; }

    public Task ClientRun { get; }

    public Task ServerRun { get; }

    public Recorder ClientSide { get; } = new();

    public Recorder ServerSide { get; } = new();

    public static async Task<ChannelPair> OpenAsync(SshConnectionOptions? options = null, SshOptions? transport = null) =>
        new(await SessionPair.SignedInAsync(transport, transport), options);

    /// <summary>Over streams that a test has joined.</summary>
    public static async Task<ChannelPair> OpenAsync(Stream client, Stream server) => new(await SessionPair.SignedInAsync(client, server), null);

    /// <summary>A session channel, both ends of it.</summary>
    public async Task<(SshChannel Client, SshChannel Server)> SessionAsync()
    {
        SshChannel client = await Client.OpenAsync("session", default, SessionPair.Soon());
        return (client, await ServerSide.Started.Reader.ReadAsync(SessionPair.Soon()));
    }

    public async ValueTask DisposeAsync()
    {
        await _pair.DisposeAsync();
        await ClientRun;
        await ServerRun;
    }

    /// <summary>Accepts channels and answers requests as a test says; keeps what came.</summary>
    internal sealed class Recorder : IConnectionHandler
    {
        public Channel<SshChannel> Started { get; } = Channel.CreateUnbounded<SshChannel>();

        public Channel<ChannelRequest> Requests { get; } = Channel.CreateUnbounded<ChannelRequest>();

        public Func<ChannelOpen, ChannelOpenReply> OnOpen { get; set; } = _ => ChannelOpenReply.Accept;

        public Func<string, bool> OnRequest { get; set; } = _ => true;

        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) => ValueTask.FromResult(OnOpen(open));

        public ValueTask StartedAsync(SshChannel channel, CancellationToken ct)
        {
            Started.Writer.TryWrite(channel);
            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct)
        {
            Requests.Writer.TryWrite(request);
            return ValueTask.FromResult(OnRequest(request.Type));
        }

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => ValueTask.FromResult(OnRequest(request.Name));
    }
}
