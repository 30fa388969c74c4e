using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Text;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Demo;

/// <summary>The session channels of one connection to the practice target: environment, terminal, then one shell, command or subsystem.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PracticeShells : IConnectionHandler
{
    private const int MaxVariables = 64;

    private static readonly string[] s_sftpServers =
        ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"];

    private readonly ConcurrentDictionary<uint, PracticeSession> _sessions = [];

    public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) =>
        new(open.Kind == "session" ? ChannelOpenReply.Accept : ChannelOpenReply.Refuse(ChannelOpenFailureReason.UnknownChannelType, "only sessions are practised here"));

    public ValueTask StartedAsync(SshChannel channel, CancellationToken ct)
    {
        _sessions[channel.LocalId] = new PracticeSession(channel);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct)
    {
        if (!_sessions.TryGetValue(channel.LocalId, out PracticeSession? session))
        {
            return new(false);
        }

        switch (request.Type)
        {
            case EnvRequest.Type when session.Variables.Count < MaxVariables:
                EnvRequest env = EnvRequest.Read(request.Extra.Span);
                return new(session.SetVariable(env.Name, Encoding.UTF8.GetString(env.Value.Span)));
            case PtyRequest.Type:
                PtyRequest pty = PtyRequest.Read(request.Extra.Span);
                return new(session.SetTerminal(pty.Term, (int)pty.Columns, (int)pty.Rows));
            case WindowChange.Type:
                WindowChange size = WindowChange.Read(request.Extra.Span);
                session.Resize((int)size.Columns, (int)size.Rows);
                return new(true);
            case SignalRequest.Type:
                return new(session.Signal(SignalRequest.Read(request.Extra.Span).Signal));
            case ShellRequest.Type:
                return new(session.Start(null));
            case ExecRequest.Type:
                return new(session.Start(Encoding.UTF8.GetString(ExecRequest.Read(request.Extra.Span).Command.Span)));
            case SubsystemRequest.Type when SubsystemRequest.Read(request.Extra.Span).Name == "sftp" && SftpServer() is { } server:
                return new(session.Start(server));
            default:
                return new(false);
        }
    }

    public ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken ct)
    {
        if (success && request.Type is (ShellRequest.Type or ExecRequest.Type or SubsystemRequest.Type) && _sessions.TryGetValue(channel.LocalId, out PracticeSession? session))
        {
            session.Run();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => new(false);

    public Task EndAsync() => Task.WhenAll(_sessions.Values.Select(session => session.DisposeAsync().AsTask()));

    private static string? SftpServer() => s_sftpServers.FirstOrDefault(File.Exists);
}
