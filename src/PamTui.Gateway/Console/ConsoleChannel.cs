using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway.Relay;
using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Console;

/// <summary>What a client asked of one session channel before its shell or command starts, and what it says while it runs.</summary>
internal sealed class ConsoleChannel(SshChannel channel, RelayPolicy policy) : IDisposable
{
    private const int MaxVariables = 32;
    private const int MaxTerm = 64;
    private const int MaxValue = 4096;

    private readonly CancellationTokenSource _closed = new();

    public SshChannel Channel => channel;

    public ConsoleTerminal? Terminal { get; private set; }

    /// <summary>The encoded modes of the pty request (RFC 4254 §8), for a target to have them too.</summary>
    public ReadOnlyMemory<byte> Modes { get; private set; }

    public List<EnvRequest> Environment { get; } = [];

    /// <summary>A shell or a command runs; a channel has one (RFC 4254 §6.5).</summary>
    public bool Started { get; set; }

    /// <summary>What begins once the request for it is answered.</summary>
    public Func<Task>? Waiting { get; set; }

    /// <summary>What runs; never fails.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Where signals go while a target's session is on the channel.</summary>
    public Action<string>? OnSignal { get; set; }

    /// <summary>Cancelled with the channel.</summary>
    public CancellationToken Closed => _closed.Token;

    public Task CloseAsync() => _closed.CancelAsync();

    public bool TakePty(ReadOnlySpan<byte> extra)
    {
        PtyRequest request = PtyRequest.Read(extra);
        if (Started || Terminal is not null)
        {
            return false;
        }

        Modes = request.Modes;
        Terminal = new ConsoleTerminal(Text.Escape(request.Term, MaxTerm), Bounded(request.Columns), Bounded(request.Rows), Closed)
        {
            ColorTerm = ValueOf("COLORTERM"),
        };
        return true;
    }

    public bool TakeEnvironment(ReadOnlySpan<byte> extra)
    {
        EnvRequest request = EnvRequest.Read(extra);
        if (Started || Environment.Count == MaxVariables || request.Value.Length > MaxValue || !policy.AcceptsVariable(request.Name))
        {
            return false;
        }

        Environment.Add(request);
        if (Terminal is not null)
        {
            Terminal.ColorTerm = ValueOf("COLORTERM");
        }

        return true;
    }

    public bool TakeWindowChange(ReadOnlySpan<byte> extra)
    {
        WindowChange change = WindowChange.Read(extra);
        Terminal?.Resize(Bounded(change.Columns), Bounded(change.Rows));
        return Terminal is not null;
    }

    public bool TakeSignal(ReadOnlySpan<byte> extra)
    {
        SignalRequest request = SignalRequest.Read(extra);
        OnSignal?.Invoke(request.Signal);
        return OnSignal is not null;
    }

    public async ValueTask EndAsync(int exitStatus, CancellationToken ct)
    {
        await channel.SendExitStatusAsync((uint)exitStatus, ct).ConfigureAwait(false);
        await channel.SendEofAsync(ct).ConfigureAwait(false);
        await channel.CloseAsync(ct).ConfigureAwait(false);
    }

    public void Dispose() => _closed.Dispose();

    // Sizes are 32 bit on the wire; no terminal has more, and a screen's memory is their product (E1).
    private static int Bounded(uint cells) => (int)Math.Clamp(cells, 1, 2000);

    private string? ValueOf(string name) =>
        Environment.LastOrDefault(request => request.Name == name) is { Name: not null } found ? Text.Escape(Encoding.Latin1.GetString(found.Value.Span), MaxTerm) : null;
}
