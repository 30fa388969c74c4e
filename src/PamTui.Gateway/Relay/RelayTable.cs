using System.Collections.Concurrent;
using System.Text;
using PamTui.Ssh;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>Puts a message into a leg's output; never waits.</summary>
internal delegate void SendPacket(ReadOnlySpan<byte> payload);

/// <summary>
/// The messages of RFC 4254 between a user's leg and a target's: follows opens, windows and closes, applies the policy, and keeps the order
/// of replies. Messages pass as they are; channel numbers are the ends' own, as the gateway opens none. No I/O. Two loops call it, one for
/// each side: data, its windows and its end pass without a lock, so that neither waits while the other encrypts; what is told and answered in
/// order (opens, requests, replies, closes) goes through one.
/// </summary>
internal sealed class RelayTable
{
    private const int MaxName = 256;

    // Room that a window must have beyond a line of ours while the session goes on: the target does not know of that line.
    private const int NoticeReserve = 32 * 1024;

    private readonly RelayPolicy _policy;
    private readonly int _maxChannels;
    private readonly SendPacket _toUser;
    private readonly SendPacket _toTarget;

    // Of the messages that are not data, and of every change to the two maps.
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<uint, RelayChannel> _byUser = new(concurrencyLevel: 1, capacity: 1);
    private readonly ConcurrentDictionary<uint, RelayChannel> _byTarget = new(concurrencyLevel: 1, capacity: 1);
    private readonly RelayGlobals _globals;

    // Each of one loop alone.
    private long _bytesIn;
    private long _bytesOut;
    private bool _answeredUser;
    private bool _answeredTarget;

    public RelayTable(RelayPolicy policy, int maxChannels, SendPacket toUser, SendPacket toTarget, HostKeyLearner? hostKeys = null)
    {
        (_policy, _maxChannels, _toUser, _toTarget) = (policy, maxChannels, toUser, toTarget);
        _globals = new RelayGlobals(toUser, toTarget, Answer, hostKeys);
    }

    /// <summary>Channel data from the user to the target.</summary>
    public long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Channel data from the target to the user.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byUser.Count;
            }
        }
    }

    /// <summary>False: the table refuses this CHANNEL_OPEN of the user's whatever they may.</summary>
    public bool MayOpen(ReadOnlySpan<byte> open)
    {
        SshReader reader = new(open[1..]);
        string kind = reader.AsciiName(MaxName);
        return RelayPolicy.MayOpen(kind) && Count < _maxChannels;
    }

    /// <summary>The target has closed every channel there was: nobody waits for anything.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _byUser.Values.All(channel => channel.TargetClosed);
            }
        }
    }

    /// <summary>One message of <paramref name="from"/>; one caller at a time for each side.</summary>
    /// <param name="refusal">For a CHANNEL_OPEN of the user: why this user may not have it now; null: they may.</param>
    /// <returns>True: something was answered to <paramref name="from"/> itself, whose output wants a flush.</returns>
    /// <exception cref="SshProtocolException">The sender broke the protocol or a limit.</exception>
    public bool Take(Side from, ReadOnlySpan<byte> payload, string? refusal = null)
    {
        SshReader reader = new(payload);
        byte id = reader.Byte();
        ref bool answered = ref from == Side.User ? ref _answeredUser : ref _answeredTarget;
        answered = false;
        if (id is MessageId.ChannelData or MessageId.ChannelExtendedData or MessageId.ChannelWindowAdjust or MessageId.ChannelEof)
        {
            Flow(from, id, payload, ref reader);
            return false;
        }

        lock (_gate)
        {
            switch (id)
            {
                case MessageId.GlobalRequest:
                    _globals.Request(from, payload, ref reader);
                    break;
                case MessageId.RequestSuccess or MessageId.RequestFailure:
                    _globals.Reply(from, payload);
                    break;
                case MessageId.ChannelOpen when from == Side.User:
                    OpenFromUser(payload, ref reader, refusal);
                    break;
                case MessageId.ChannelOpen:
                    // Agent, X11 and forwarded channels: nobody on the user's side asked for one (C10).
                    reader.AsciiName(MaxName);
                    Answer(from, RelayMessages.OpenFailure(reader.UInt32(), "The gateway opens no channels towards its users."));
                    break;
                case MessageId.ChannelOpenConfirmation:
                    Confirm(from, payload, ref reader);
                    break;
                case MessageId.ChannelOpenFailure:
                    Opening(from, reader.UInt32(), out RelayChannel refused);
                    _byUser.TryRemove(refused.UserId, out _);
                    Pass(from, payload);
                    break;
                case MessageId.ChannelRequest or MessageId.ChannelSuccess or MessageId.ChannelFailure or MessageId.ChannelClose:
                    OnChannel(from, id, payload, ref reader);
                    break;
                default:
                    throw new SshProtocolException($"Message {id} is none that passes a gateway.");
            }
        }

        return answered;
    }

    /// <summary>Whether the last message of a side went no further than an answer to that side itself, also when its leg did not take it.</summary>
    public bool Answered(Side from) => from == Side.User ? _answeredUser : _answeredTarget;

    /// <summary>Asks an end whether it is still there. Its answer is not taken for one that the other end waits for.</summary>
    public void Ask(Side end)
    {
        lock (_gate)
        {
            _globals.Ask(end);
        }
    }

    /// <summary>A line on the stderr of the user's terminals, where their windows have room. Programs without a terminal expect none.</summary>
    public void Tell(string line)
    {
        lock (_gate)
        {
            foreach (RelayChannel channel in _byUser.Values.Where(channel => channel.HasTerminal))
            {
                Say(channel, line, NoticeReserve);
            }
        }
    }

    /// <summary>The session is over: the line on every channel, and its close, which the user's client answers once it has shown the line.</summary>
    /// <returns>How many closes of the user's are due.</returns>
    public int End(string line)
    {
        int due = 0;
        lock (_gate)
        {
            foreach (RelayChannel channel in _byUser.Values.Where(channel => channel is { TargetId: not null, TargetClosed: false }))
            {
                Say(channel, line, reserve: 0);
                _toUser(RelayMessages.Close(channel.UserId));
                channel.TargetClosed = true;
                due += channel.UserClosed ? 0 : 1;
            }
        }

        return due;
    }

    private void Say(RelayChannel channel, string line, int reserve)
    {
        byte[] text = Encoding.UTF8.GetBytes(channel.HasTerminal ? "\r\n" + line + "\r\n" : line + "\n");
        if (channel.TargetId is not null && channel is { TargetClosed: false, UserClosed: false } && channel.UserWindow >= text.Length + reserve)
        {
            channel.Borrow(text.Length);
            _toUser(RelayMessages.Stderr(channel.UserId, text));
        }
    }

    private void OpenFromUser(ReadOnlySpan<byte> payload, ref SshReader reader, string? refusal)
    {
        string kind = reader.AsciiName(MaxName);
        int packetAt = payload.Length - reader.Remaining + 8;
        uint sender = reader.UInt32();
        uint window = reader.UInt32();
        uint packet = reader.UInt32();
        if (_byUser.ContainsKey(sender))
        {
            throw new SshProtocolException($"Channel {sender} is open already.");
        }

        if (!RelayPolicy.MayOpen(kind))
        {
            refusal = "This gateway opens session channels only: no forwarding.";
        }
        else if (_byUser.Count >= _maxChannels)
        {
            refusal = $"There are {_maxChannels} channels on this connection already.";
        }

        if (refusal is not null)
        {
            Answer(Side.User, RelayMessages.OpenFailure(sender, refusal));
            return;
        }

        reader.End();
        _byUser[sender] = new RelayChannel(sender, window);
        Pass(Side.User, RelayMessages.WithPacketBound(payload, packetAt, packet));
    }

    private void Confirm(Side from, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        Opening(from, reader.UInt32(), out RelayChannel channel);
        uint id = reader.UInt32();
        reader.UInt32();
        int packetAt = payload.Length - reader.Remaining;
        uint packet = reader.UInt32();
        if (_byTarget.ContainsKey(id))
        {
            throw new SshProtocolException($"Channel {id} is open already.");
        }

        // Before anybody can find it there.
        channel.TargetId = id;
        _byTarget[id] = channel;
        Pass(from, RelayMessages.WithPacketBound(payload, packetAt, packet));
    }

    /// <summary>Data, windows, end of data: without the lock.</summary>
    private void Flow(Side from, byte id, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        if (Open(from, id, ref reader) is not { } channel)
        {
            return;
        }

        switch (id)
        {
            case MessageId.ChannelData:
                Data(from, channel, payload, ref reader);
                break;
            case MessageId.ChannelExtendedData:
                reader.UInt32();
                Data(from, channel, payload, ref reader);
                break;
            case MessageId.ChannelWindowAdjust:
                Adjust(from, channel, payload, reader.UInt32());
                break;
            default:
                Pass(from, payload);
                break;
        }
    }

    private void OnChannel(Side from, byte id, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        if (Open(from, id, ref reader) is not { } channel)
        {
            return;
        }

        switch (id)
        {
            case MessageId.ChannelRequest:
                Request(from, channel, payload, ref reader);
                break;
            case MessageId.ChannelClose:
                Close(from, channel);
                Pass(from, payload);
                break;
            default:
                Reply(from, channel, payload);
                break;
        }
    }

    /// <summary>The channel a message is for. Null: the sender has closed it, and after its own CLOSE a side has nothing to say; what a sloppy one says still has no receiver.</summary>
    private RelayChannel? Open(Side from, byte id, ref SshReader reader)
    {
        uint recipient = reader.UInt32();
        if (!(from == Side.User ? _byTarget : _byUser).TryGetValue(recipient, out RelayChannel? channel) || channel.TargetId is null)
        {
            throw new SshProtocolException($"Message {id} is for channel {recipient}, which is not open.");
        }

        return (from == Side.User ? channel.UserClosed : channel.TargetClosed) ? null : channel;
    }

    private void Data(Side from, RelayChannel channel, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        int length = reader.String(int.MaxValue).Length;
        reader.End();
        if (from == Side.User)
        {
            Volatile.Write(ref _bytesIn, _bytesIn + length);
        }
        else
        {
            Volatile.Write(ref _bytesOut, _bytesOut + length);
            channel.Take(length);
        }

        Pass(from, payload);
    }

    private void Adjust(Side from, RelayChannel channel, ReadOnlySpan<byte> payload, uint bytes)
    {
        uint kept = from == Side.Target ? 0 : channel.Adjust(bytes);
        if (kept == 0)
        {
            Pass(from, payload);
        }
        else if (bytes > kept)
        {
            Pass(from, RelayMessages.WindowAdjust(channel.TargetId!.Value, bytes - kept));
        }
    }

    private void Request(Side from, RelayChannel channel, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        string type = reader.AsciiName(MaxName);
        bool wantsReply = reader.Boolean();
        PendingReplies replies = from == Side.User ? channel.ToUser : channel.ToTarget;
        if ((from == Side.User ? _policy.RequestOfUser(type, reader.Rest()) : RelayPolicy.RequestOfTarget(type)) == Ruling.Relay)
        {
            if (wantsReply)
            {
                replies.Relayed();
            }

            channel.HasTerminal |= type == "pty-req";
            Pass(from, from == Side.User && _policy.InPlaceOf(type, channel.TargetId!.Value, wantsReply) is { } forced ? forced : payload);
        }
        else if (wantsReply && replies.Refuse())
        {
            Answer(from, Failure(from, channel));
        }
    }

    private void Reply(Side from, RelayChannel channel, ReadOnlySpan<byte> payload)
    {
        (bool pass, int failures) = (from == Side.User ? channel.ToTarget : channel.ToUser).Replied();
        if (pass)
        {
            Pass(from, payload);
        }

        for (; failures > 0; failures--)
        {
            Pass(from, Failure(from == Side.User ? Side.Target : Side.User, channel));
        }
    }

    private void Close(Side from, RelayChannel channel)
    {
        channel.UserClosed |= from == Side.User;
        channel.TargetClosed |= from == Side.Target;
        if (channel is { UserClosed: true, TargetClosed: true })
        {
            _byUser.TryRemove(channel.UserId, out _);
            _byTarget.TryRemove(channel.TargetId!.Value, out _);
        }
    }

    /// <summary>The channel that waits for the target's word on its opening.</summary>
    private void Opening(Side from, uint userId, out RelayChannel channel)
    {
        if (from == Side.User || !_byUser.TryGetValue(userId, out RelayChannel? found) || found.TargetId is not null)
        {
            throw new SshProtocolException($"Channel {userId} was not being opened.");
        }

        channel = found;
    }

    /// <summary>With the number that the one who asked gave the channel.</summary>
    private static byte[] Failure(Side asker, RelayChannel channel) =>
        RelayMessages.ChannelFailure(asker == Side.User ? channel.UserId : channel.TargetId!.Value);

    private void Answer(Side asker, byte[] message)
    {
        (asker == Side.User ? ref _answeredUser : ref _answeredTarget) = true;
        (asker == Side.User ? _toUser : _toTarget)(message);
    }

    private void Pass(Side from, ReadOnlySpan<byte> payload) => (from == Side.User ? _toTarget : _toUser)(payload);
}
