using System.Buffers;
using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// From the client to the server: the bytes as they came, but no command before it is known what it is. A refused one is answered in the
/// server's place, after the replies to those before it. What a session that may only read wants to run is held until its end is there.
/// </summary>
internal sealed class CommandPump(Stream client, Stream server, MySqlRelay relay)
{
    private const int BufferBytes = 16 * 1024;
    private const int WholePacket = 0xFFFFFF;
    private const int NumberEnd = 5;

    private readonly ArrayBufferWriter<byte> _kept = new(256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _sent;
    private int _at;
    private int _end;
    private int _left;
    private bool _continues;
    private OpenCommand? _command;
    private Fate _fate;

    /// <summary>What becomes of the bytes of the command that is open.</summary>
    private enum Fate
    {
        Flows,
        Held,
        Dropped,
    }

    /// <summary>Until the client has no more to say.</summary>
    /// <exception cref="BrokenProtocolException">The client breaks the protocol.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (await client.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false) is > 0 and int read)
            {
                relay.Moved(fromClient: read);
                _end += read;
                while (await StepAsync(ct).ConfigureAwait(false))
                {
                }

                if (_fate == Fate.Flows)
                {
                    await SendAsync(_at, ct).ConfigureAwait(false);
                }

                MakeRoom();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    /// <returns>False: more must come first.</returns>
    private async ValueTask<bool> StepAsync(CancellationToken ct)
    {
        if (_left > 0)
        {
            int take = Math.Min(_left, _end - _at);
            _command!.Feed(_buffer.AsSpan(_at, take));
            (_at, _left) = (_at + take, _left - take);
            if (_left > 0)
            {
                return false;
            }
        }

        if (_command is not null && !_continues)
        {
            await EndAsync(_command, ct).ConfigureAwait(false);
            return true;
        }

        if (_end - _at < PacketStream.HeadLength)
        {
            return false;
        }

        int length = PacketStream.LengthOf(_buffer.AsSpan(_at));
        byte number = _buffer[_at + 3];
        if (_command is null)
        {
            if (length == 0 || number != 0)
            {
                throw new BrokenProtocolException("a command does not begin where one must");
            }

            if (_end - _at < PacketStream.HeadLength + Math.Min(length, NumberEnd))
            {
                return false;
            }

            await BeginAsync(length, ct).ConfigureAwait(false);
        }

        _command!.Number = number;
        (_continues, _left, _at) = (length == WholePacket, length, _at + PacketStream.HeadLength);
        return true;
    }

    private async ValueTask BeginAsync(int length, CancellationToken ct)
    {
        ReadOnlyMemory<byte> head = _buffer.AsMemory(_at + PacketStream.HeadLength, Math.Min(length, NumberEnd));
        Command command = (Command)head.Span[0];
        bool namesStatement = command is Command.StmtExecute or Command.StmtSendLongData or Command.StmtReset or Command.StmtClose or Command.StmtFetch && length >= NumberEnd;
        uint id = namesStatement ? BinaryPrimitives.ReadUInt32LittleEndian(head.Span[1..]) : 0;
        if (namesStatement && id == uint.MaxValue)
        {
            // "The one prepared last" is known when the reply to that is there.
            await SendAsync(_at, ct).ConfigureAwait(false);
            await relay.Talk.IdleAsync(ct).ConfigureAwait(false);
        }

        PreparedStatement? statement = namesStatement ? relay.Prepared.Find(id) : null;
        _command = new OpenCommand(command, _kept, statement) { Refusal = relay.WhyRefused(command, statement) };
        if (command == Command.StmtClose)
        {
            relay.Prepared.Remove(id);
        }

        _fate = _command.Refusal is not null ? Fate.Dropped : relay.IsReadOnly && command is Command.Query or Command.StmtPrepare ? Fate.Held : Fate.Flows;
        if (_fate != Fate.Flows)
        {
            await SendAsync(_at, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask EndAsync(OpenCommand command, CancellationToken ct)
    {
        if (_fate == Fate.Held)
        {
            string? why = ReadOnlyRules.WhyRefused(_buffer.AsSpan(_sent, _at - _sent)[(PacketStream.HeadLength + 1)..]);
            command.Refusal = why is null ? null : (ErrPacket.ReadOnly, why);
        }

        _command = null;
        if (command.Refusal is { } refusal)
        {
            (_sent, _fate) = (_at, Fate.Flows);
            await relay.Talk.IdleAsync(ct).ConfigureAwait(false);
            await relay.RefuseAsync(command, refusal, ct).ConfigureAwait(false);
            return;
        }

        _fate = Fate.Flows;
        ReplyKind kind = CommandRules.ReplyTo(command.Command)!.Value;
        PendingReply reply = command.End(kind, relay.Time);
        if (kind != ReplyKind.None)
        {
            await relay.Talk.RoomAsync(ct).ConfigureAwait(false);
            relay.Talk.Ask(reply);
        }

        relay.HasQuit |= command.Command == Command.Quit;
        if (command.Command == Command.ResetConnection)
        {
            await SendAsync(_at, ct).ConfigureAwait(false);
            await relay.ResetAsync(ct).ConfigureAwait(false);
        }
        else if (relay.Talk.IsFull)
        {
            await SendAsync(_at, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(int end, CancellationToken ct)
    {
        if (end > _sent)
        {
            await server.WriteAsync(_buffer.AsMemory(_sent, end - _sent), ct).ConfigureAwait(false);
            _sent = end;
        }
    }

    private void MakeRoom()
    {
        if (_fate == Fate.Held && _end - _sent > ReadOnlyRules.MaxStatement)
        {
            _command!.Refusal = (ErrPacket.ReadOnly, ReadOnlyRules.TooLong);
            _fate = Fate.Dropped;
        }

        int from = _fate == Fate.Dropped ? _at : _sent;
        Buffer.BlockCopy(_buffer, from, _buffer, 0, _end - from);
        (_sent, _at, _end) = (0, _at - from, _end - from);
        if (_end == _buffer.Length)
        {
            Resize(2 * _buffer.Length);
        }
        else if (_buffer.Length > 2 * BufferBytes && _end <= BufferBytes)
        {
            Resize(BufferBytes);
        }
    }

    private void Resize(int size)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _end).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
