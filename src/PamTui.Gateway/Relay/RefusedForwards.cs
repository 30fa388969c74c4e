using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>
/// Tells the audit where a connection asked to be forwarded and was refused (C9): -L, -W and -D to anything but an account, -R, and sockets.
/// One for each connection; the first of them are told, so that who asks for ever fills no disk.
/// </summary>
internal sealed class RefusedForwards(Forwards forwards, User user, string source, ILogger log)
{
    private const int MaxTold = 20;
    private const int MaxName = 256;
    private const int MaxText = 4096;

    private int _told;

    /// <summary>A CHANNEL_OPEN or global request of a brokered user, as it came; told of when the relay refuses it.</summary>
    public ValueTask NoteAsync(byte[] payload, CancellationToken ct)
    {
        SshReader reader = new(payload.AsSpan(1));
        string name = reader.AsciiName(MaxName);
        if (payload[0] == MessageId.GlobalRequest)
        {
            return RelayPolicy.GlobalOfUser(name) == Ruling.Refuse ? NoteAsync(new GlobalRequest(name, reader.Boolean(), reader.Rest().ToArray()), ct) : ValueTask.CompletedTask;
        }

        reader.UInt32();
        reader.UInt32();
        reader.UInt32();
        return RelayPolicy.MayOpen(name) ? ValueTask.CompletedTask : NoteAsync(name, reader.Rest().ToArray(), ct);
    }

    /// <summary>A CHANNEL_OPEN that was refused.</summary>
    /// <param name="why">A grant names the place, and this is why it is not dialled; null: no grant does.</param>
    public ValueTask NoteAsync(string kind, ReadOnlyMemory<byte> extra, CancellationToken ct, string? why = null) => kind switch
    {
        "direct-tcpip" => NoteAsync("local", Read(extra.Span, hasPort: true), why, ct),
        "direct-streamlocal@openssh.com" => NoteAsync("local", Read(extra.Span, hasPort: false), why, ct),
        _ => NoteAsync("channel", kind, why, ct),
    };

    /// <summary>A global request, which is refused when it asks for forwarding.</summary>
    public ValueTask NoteAsync(GlobalRequest request, CancellationToken ct) => request.Name switch
    {
        "tcpip-forward" => NoteAsync("remote", Read(request.Extra.Span, hasPort: true), null, ct),
        "streamlocal-forward@openssh.com" => NoteAsync("remote", Read(request.Extra.Span, hasPort: false), null, ct),
        _ => ValueTask.CompletedTask,
    };

    // What is refused need not be well-formed.
    private static string Read(ReadOnlySpan<byte> extra, bool hasPort)
    {
        try
        {
            SshReader reader = new(extra);
            string host = Encoding.Latin1.GetString(reader.String(MaxText));
            return hasPort ? string.Create(CultureInfo.InvariantCulture, $"{host}:{reader.UInt32()}") : host;
        }
        catch (SshException)
        {
            return "?";
        }
    }

    private async ValueTask NoteAsync(string way, string target, string? why, CancellationToken ct)
    {
        int told = Volatile.Read(ref _told) < MaxTold ? Interlocked.Increment(ref _told) : MaxTold + 1;
        if (told > MaxTold)
        {
            return;
        }

        try
        {
            await forwards.NoteRefusedAsync(user, source, way, target, why, isLast: told == MaxTold, ct).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is refused whatever becomes of the row; whether the store can be written is its own trouble.
        catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.StoreFault(log, fault);
        }
    }
}
