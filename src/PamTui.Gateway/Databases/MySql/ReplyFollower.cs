using System.Buffers.Binary;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// Follows what a server sends, packet by packet, so that one knows to which command it belongs, where each reply ends, and how it ended
/// ("Text Resultset", "Binary Protocol Resultset", "OK_Packet"). It looks at the beginning of each packet and holds nothing of it.
/// </summary>
/// <param name="can">What the client and the server agreed on.</param>
internal sealed class ReplyFollower(Conversation talk, PreparedStatements prepared, Capabilities can, TimeProvider time)
{
    /// <summary>As much of a packet is looked at: an OK packet up to its status has 21 bytes at most.</summary>
    private const int Peek = 32;
    private const int WholePacket = 0xFFFFFF;
    private const byte Ok = 0;
    private const byte LocalInfile = 0xFB;
    private const byte End = 0xFE;
    private const int MaxEof = 9;
    private const int MoreResults = 0x08;
    private const int CursorExists = 0x40;

    private readonly bool _deprecatesEof = can.HasFlag(Capabilities.DeprecateEof);
    private PendingReply? _current;
    private Phase _phase;
    private long _packetsLeft;
    private uint _preparedId;
    private int _preparedParameters;
    private long _skip;
    private bool _continues;
    private bool _ends;
    private int _replies;
    private byte _number;

    private enum Phase
    {
        Start,
        Columns,
        EndOfColumns,
        Rows,
        Definitions,
    }

    private bool IsHidden => _current is { IsHidden: true };

    /// <summary>The number that a packet of ours would have now; null: the server is in the middle of one.</summary>
    public byte? NextNumber => _skip > 0 ? null : _current is not null ? (byte)(_number + 1) : (byte)(talk.IsIdle ? 0 : 1);

    /// <summary>Replies that came to their end since it was asked last.</summary>
    public int TakeReplies()
    {
        int ended = _replies;
        _replies = 0;
        return ended;
    }

    /// <summary>Of the bytes that come next, as many as are understood now; 0: more must come first.</summary>
    /// <param name="done">Takes the statements that ended.</param>
    /// <param name="isHidden">They all belong to a reply that the client must not see; else none does.</param>
    /// <exception cref="BrokenProtocolException">The server says what nobody asked for. Nothing of it was given before.</exception>
    public int Walk(ReadOnlySpan<byte> data, List<Statement> done, out bool isHidden)
    {
        isHidden = IsHidden;
        int at = 0;
        while (true)
        {
            if (_skip > 0)
            {
                int take = (int)Math.Min(_skip, data.Length - at);
                (at, _skip) = (at + take, _skip - take);
                if (_skip > 0)
                {
                    return at;
                }
            }

            if (_ends && !_continues)
            {
                Complete(done);
                _replies++;
                if (isHidden)
                {
                    return at;
                }
            }

            ReadOnlySpan<byte> rest = data[at..];
            if (rest.Length < PacketStream.HeadLength)
            {
                return at;
            }

            int length = PacketStream.LengthOf(rest);
            int seen = Math.Min(length, Peek);
            if (rest.Length < PacketStream.HeadLength + seen)
            {
                return at;
            }

            if (!_continues && !Begins(rest.Slice(PacketStream.HeadLength, seen), length, mayPass: at == 0))
            {
                return at;
            }

            isHidden = IsHidden;
            _number = rest[3];
            _continues = length == WholePacket;
            _skip = length + PacketStream.HeadLength;
        }
    }

    /// <summary>What has no end yet when the session has.</summary>
    public IEnumerable<Statement> Lost()
    {
        for (PendingReply? next = _current ?? talk.Next(); next is not null; next = talk.Next())
        {
            if (next.Lost(time, talk.Backslash) is { } statement)
            {
                yield return statement;
            }
        }

        _current = null;
    }

    /// <summary>False: what was walked before must be passed on first.</summary>
    private bool Begins(ReadOnlySpan<byte> packet, int length, bool mayPass)
    {
        PendingReply? reply = _current ?? talk.Next();
        if (reply is null)
        {
            if (mayPass)
            {
                Farewell(packet);
            }

            return mayPass;
        }

        if (_current is null)
        {
            (_current, _phase, _number) = (reply, reply.Kind == ReplyKind.Rows ? Phase.Rows : Phase.Start, 0);
        }

        if (!mayPass && (reply.IsHidden || (_phase == Phase.Start && IsFileRequest(reply, packet))))
        {
            return false;
        }

        OnPacket(reply, packet, length);
        return true;
    }

    // A server that stops, or that ends an idle session, says so and is gone. It says nothing else unasked.
    private static void Farewell(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || packet[0] != ErrPacket.Header)
        {
            throw new BrokenProtocolException("The server sends what nobody asked for.");
        }
    }

    private static bool IsFileRequest(PendingReply reply, ReadOnlySpan<byte> packet) => reply.Kind == ReplyKind.Results && !packet.IsEmpty && packet[0] == LocalInfile;

    private void OnPacket(PendingReply reply, ReadOnlySpan<byte> packet, int length)
    {
        if (packet.IsEmpty)
        {
            throw new BrokenProtocolException("The server sends a reply of no bytes.");
        }

        if (packet[0] == ErrPacket.Header)
        {
            OnError(reply, packet);
            return;
        }

        switch (_phase)
        {
            case Phase.Start:
                OnFirst(reply, packet, length);
                break;
            case Phase.Columns when --_packetsLeft == 0:
                _phase = _deprecatesEof ? Phase.Rows : Phase.EndOfColumns;
                break;
            case Phase.EndOfColumns:
                OnEndOfColumns(packet, length);
                break;
            case Phase.Rows when IsEnd(packet, length):
                OnEndOfResult(reply, StatusOfEnd(packet));
                break;
            case Phase.Rows:
                reply.Rows++;
                break;
            case Phase.Definitions:
                _ends = --_packetsLeft == 0;
                break;
        }
    }

    private void OnError(PendingReply reply, ReadOnlySpan<byte> packet)
    {
        ushort code = ErrPacket.CodeOf(packet);
        if (code == ErrPacket.ProgressReport && can.HasFlag(Capabilities.Progress))
        {
            return;
        }

        reply.ErrorCode = code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _ends = true;
    }

    private void OnFirst(PendingReply reply, ReadOnlySpan<byte> packet, int length)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Prepared when packet[0] == Ok:
                OnPrepared(packet);
                break;
            case ReplyKind.Fields:
                _ends = IsEnd(packet, length);
                break;
            case ReplyKind.Results when packet[0] == Ok:
                OnOk(reply, packet);
                break;
            case ReplyKind.Results when packet[0] == LocalInfile:
                throw new BrokenProtocolException("The server asks for a file of the client's machine (LOCAL INFILE), which no session gives.");
            case ReplyKind.Results when !IsEnd(packet, length):
                OnColumnCount(reply, packet);
                break;
            case ReplyKind.Single or ReplyKind.Results:
                if (reply.Command == Command.ResetConnection && packet[0] == Ok)
                {
                    talk.Reported(SignInAnswer.StatusOf(packet));
                }

                _ends = true;
                break;
            default:
                throw new BrokenProtocolException("The server sends another reply than the command has.");
        }
    }

    private void OnPrepared(ReadOnlySpan<byte> packet)
    {
        MySqlReader reader = new(packet);
        reader.Byte();
        _preparedId = reader.UInt32();
        int columns = reader.UInt16();
        _preparedParameters = reader.UInt16();
        int ends = _deprecatesEof ? 0 : 1;
        _packetsLeft = (columns > 0 ? columns + ends : 0) + (_preparedParameters > 0 ? _preparedParameters + ends : 0);
        _phase = Phase.Definitions;
        _ends = _packetsLeft == 0;
    }

    private void OnOk(PendingReply reply, ReadOnlySpan<byte> packet)
    {
        MySqlReader reader = new(packet);
        reader.Byte();
        ulong changed = reader.Length();
        reader.Length();
        if (changed <= long.MaxValue)
        {
            reply.Rows = (reply.Rows ?? 0) + (long)changed;
        }

        OnEndOfResult(reply, reader.UInt16());
    }

    private void OnColumnCount(PendingReply reply, ReadOnlySpan<byte> packet)
    {
        MySqlReader reader = new(packet);
        _packetsLeft = (long)Math.Min(reader.Length(), ushort.MaxValue + 1UL);
        bool follow = !can.HasFlag(Capabilities.CacheMetadata) || reader.Remaining == 0 || reader.Byte() != 0;
        if (_packetsLeft is 0 or > ushort.MaxValue)
        {
            throw new BrokenProtocolException("The server sends a result with more columns than there can be.");
        }

        reply.Rows ??= 0;
        _phase = follow ? Phase.Columns : _deprecatesEof ? Phase.Rows : Phase.EndOfColumns;
    }

    private void OnEndOfColumns(ReadOnlySpan<byte> packet, int length)
    {
        if (!IsEnd(packet, length))
        {
            throw new BrokenProtocolException("The server sends a row where the columns end.");
        }

        int status = StatusOfEnd(packet);
        if ((status & CursorExists) != 0)
        {
            OnEndOfResult(_current!, status);
            return;
        }

        _phase = Phase.Rows;
    }

    private void OnEndOfResult(PendingReply reply, int status)
    {
        talk.Reported(status);

        // Of a cursor the rows are fetched later.
        reply.Rows = (status & CursorExists) != 0 && reply.Kind == ReplyKind.Results ? null : reply.Rows;
        _phase = Phase.Start;
        _ends = (status & MoreResults) == 0 || reply.Kind == ReplyKind.Rows;
    }

    private bool IsEnd(ReadOnlySpan<byte> packet, int length) => packet[0] == End && length < (_deprecatesEof ? WholePacket : MaxEof);

    // EOF: warnings 2, status 2. The OK that stands for it: two lengths, status 2.
    private int StatusOfEnd(ReadOnlySpan<byte> packet)
    {
        if (!_deprecatesEof)
        {
            return packet.Length < 5 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(packet[3..]);
        }

        return SignInAnswer.StatusOf(packet);
    }

    private void Complete(List<Statement> done)
    {
        PendingReply reply = _current!;
        (_current, _ends) = (null, false);
        if (reply.IsHidden && reply.ErrorCode is { } code)
        {
            throw new BrokenProtocolException($"The server does not make the session one that reads only (error {code}).");
        }

        if (reply.Kind == ReplyKind.Prepared && reply.ErrorCode is null)
        {
            prepared.Add(_preparedId, new PreparedStatement(reply.Text ?? "", reply.Truncated, _preparedParameters) { Backslash = reply.Backslash });
        }

        if (reply.Ended(time, talk.Backslash) is { } statement)
        {
            done.Add(statement);
        }
    }
}
