using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>PostgreSQL's protocol 3.0 with simple queries: every value is text ("Frontend/Backend Protocol" in its manual).</summary>
internal sealed class PostgreSqlServer : ISqlServer
{
    private const int Protocol = 3 << 16;
    private const int CancelRequest = (1234 << 16) | 5678;

    /// <summary>A server has 1664 at most.</summary>
    private const int MaxColumns = 4096;

    private readonly SqlDial _dial;
    private readonly Stream _stream;
    private readonly WireStream _wire;
    private byte[] _key = [];
    private int? _columns;
    private Task<Message>? _ahead;

    private PostgreSqlServer(SqlDial dial, Stream stream) => (_dial, _stream, _wire) = (dial, stream, new WireStream(stream));

    public string Version { get; private set; } = "";

    public TransactionState Transaction { get; private set; }

    public bool HasEscapes { get; private set; }

    /// <param name="database">Null: the resource's.</param>
    public static async Task<ISqlServer> ConnectAsync(SqlDial dial, string? database, CancellationToken ct)
    {
        PostgreSqlServer server = new(dial, await dial(ct));
        try
        {
            await server.StartAsync(database, ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async IAsyncEnumerable<SqlReply> RunAsync(string statement, [EnumeratorCancellation] CancellationToken ct)
    {
        // A NUL would end the text for the server.
        await SendAsync((byte)'Q', Terminated(statement.Replace('\0', ' ')), ct);
        while (true)
        {
            Message message = await NextAsync(ct);
            switch (message.Type)
            {
                case (byte)'Z':
                    (Transaction, _columns) = (StateOf(message.Body.Span), null);
                    yield break;
                case (byte)'G' or (byte)'W':
                    await SendAsync((byte)'f', Terminated("this prompt has no file to copy from; use psql through `ssh -L`"), ct);
                    break;
                case (byte)'d':
                    yield return new SqlReply.Copied(message.Body.ToArray());
                    break;
                default:
                    if (ReplyOf(message) is { } reply)
                    {
                        yield return reply;
                    }

                    break;
            }
        }
    }

    public async Task<SqlReply.Notice> IdleAsync(CancellationToken ct)
    {
        while (true)
        {
            _ahead ??= ReadAsync(CancellationToken.None);
            Message message = await _ahead.WaitAsync(ct);
            _ahead = null;
            switch (ReplyOf(message))
            {
                case SqlReply.Notice notice:
                    return notice;
                case SqlReply.Failed { Error: var error }:
                    throw new SqlLostException(error.Message);
            }
        }
    }

    public async Task CancelAsync(CancellationToken ct)
    {
        Stream second = await _dial(ct);
        await using (second)
        {
            byte[] request = new byte[8 + _key.Length];
            BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
            BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), CancelRequest);
            _key.CopyTo(request, 8);
            await second.WriteAsync(request, ct);

            // The server answers by closing, once it has passed it on.
            await second.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (_ahead is { } ahead)
        {
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartAsync(string? database, CancellationToken ct)
    {
        // The user says nothing to the relay, but a database of the same name would be taken for the client's having named none.
        ArrayBufferWriter<byte> body = new();
        foreach (string word in (string[])["user", "-", .. database is null ? (string[])[] : ["database", database], "client_encoding", "UTF8", "application_name", "pamtui"])
        {
            body.Write(Terminated(word));
        }

        byte[] packet = new byte[9 + body.WrittenCount];
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), Protocol);
        body.WrittenSpan.CopyTo(packet.AsSpan(8));
        await _wire.WriteAsync(packet, ct);
        while (true)
        {
            Message message = await ReadAsync(ct);
            switch (message.Type)
            {
                case (byte)'R' when new WireReader(message.Body.Span).Int32() != 0:
                    throw SqlLostException.Broken("the relay asks for a password.");
                case (byte)'K':
                    _key = message.Body.ToArray();
                    break;
                case (byte)'Z':
                    Transaction = StateOf(message.Body.Span);
                    return;
                default:
                    if (ReplyOf(message) is SqlReply.Failed { Error: var error })
                    {
                        throw new SqlLostException(error.Message);
                    }

                    break;
            }
        }
    }

    private Task<Message> NextAsync(CancellationToken ct)
    {
        Task<Message> next = _ahead?.WaitAsync(ct) ?? ReadAsync(ct);
        _ahead = null;
        return next;
    }

    private async Task<Message> ReadAsync(CancellationToken ct)
    {
        ReadOnlyMemory<byte> head = await _wire.ReadAsync(5, ct);
        (byte type, int length) = (head.Span[0], BinaryPrimitives.ReadInt32BigEndian(head.Span[1..]));
        return length < 4 ? throw SqlLostException.Broken("a message has no length.") : new Message(type, await _wire.ReadAsync(length - 4, ct));
    }

    private ValueTask SendAsync(byte type, byte[] body, CancellationToken ct)
    {
        byte[] message = new byte[5 + body.Length];
        message[0] = type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return _wire.WriteAsync(message, ct);
    }

    private SqlReply? ReplyOf(Message message)
    {
        WireReader reader = new(message.Body.Span);
        switch (message.Type)
        {
            case (byte)'T' when _columns is null:
                SqlColumn[] columns = ColumnsOf(ref reader);
                _columns = columns.Length;
                return new SqlReply.Head(columns);
            case (byte)'D' when _columns is { } count:
                return new SqlReply.Row(ValuesOf(ref reader, count));
            case (byte)'T' or (byte)'D':
                throw SqlLostException.Broken("a row or its heading comes out of turn.");
            case (byte)'C':
                _columns = null;
                return new SqlReply.End(reader.Terminated());
            case (byte)'E':
                _columns = null;
                SqlError error = ErrorOf(ref reader);
                return error.Severity is "FATAL" or "PANIC" ? throw new SqlLostException(error.Message) : new SqlReply.Failed(error);
            case (byte)'N':
                return new SqlReply.Notice(ErrorOf(ref reader));
            case (byte)'A':
                int process = reader.Int32();
                string channel = reader.Terminated();
                return new SqlReply.Notice(new SqlError("NOTIFY", "", string.Create(CultureInfo.InvariantCulture, $"{channel}: {reader.Terminated()} (from process {process})")));
            case (byte)'S':
                Reported(reader.Terminated(), reader.Terminated());
                return null;
            default:
                return null;
        }
    }

    private void Reported(string setting, string value)
    {
        switch (setting)
        {
            case "server_version":
                // Distributions write theirs behind it.
                Version = "PostgreSQL " + value.Split(' ')[0];
                break;
            case "standard_conforming_strings":
                HasEscapes = value == "off";
                break;
        }
    }

    private static SqlColumn[] ColumnsOf(ref WireReader reader)
    {
        SqlColumn[] columns = new SqlColumn[reader.Int16() is >= 0 and <= MaxColumns and short count ? count : throw SqlLostException.Broken("a result has too many columns.")];
        for (int i = 0; i < columns.Length; i++)
        {
            string name = reader.Terminated();
            reader.Bytes(6);
            int type = reader.Int32();
            reader.Bytes(8);
            columns[i] = new SqlColumn(name, type switch
            {
                16 => SqlType.Boolean,
                20 or 21 or 23 or 26 or 700 or 701 or 790 or 1700 => SqlType.Number,
                _ => SqlType.Other,
            });
        }

        return columns;
    }

    private static string?[] ValuesOf(ref WireReader reader, int count)
    {
        string?[] values = new string?[reader.Int16() == count ? count : throw SqlLostException.Broken("a row has more or fewer values than columns.")];
        for (int i = 0; i < values.Length; i++)
        {
            int length = reader.Int32();
            values[i] = length < 0 ? null : Encoding.UTF8.GetString(reader.Bytes(length));
        }

        return values;
    }

    private static SqlError ErrorOf(ref WireReader reader)
    {
        SqlError error = new("ERROR", "", "");
        while (reader.Byte() is not 0 and byte field)
        {
            string value = reader.Terminated();
            error = (char)field switch
            {
                'S' => error with { Severity = error.Severity is "FATAL" or "PANIC" ? error.Severity : value },
                'V' => error with { Severity = value },
                'C' => error with { Code = value },
                'M' => error with { Message = value },
                'D' => error with { Detail = value },
                'H' => error with { Hint = value },
                'W' => error with { Where = value },
                'P' => error with { Position = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int at) ? at : null },
                _ => error,
            };
        }

        return error;
    }

    private static TransactionState StateOf(ReadOnlySpan<byte> body) => new WireReader(body).Byte() switch
    {
        (byte)'T' => TransactionState.Open,
        (byte)'E' => TransactionState.Failed,
        _ => TransactionState.None,
    };

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <param name="Body">Good until the next one is read.</param>
    private readonly record struct Message(byte Type, ReadOnlyMemory<byte> Body);
}
