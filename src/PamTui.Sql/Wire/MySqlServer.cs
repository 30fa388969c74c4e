using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>The protocol of MySQL and MariaDB with COM_QUERY alone: every value is text ("Client/Server Protocol" in MySQL's internals).</summary>
internal sealed class MySqlServer : ISqlServer
{
    private const byte CommandQuery = 3;
    private const byte CommandQuit = 1;
    private const byte Ok = 0;
    private const byte Eof = 0xFE;
    private const byte Err = 0xFF;
    private const byte LocalFile = 0xFB;
    private const int MaxEof = 8;
    private const int MaxColumns = 4096;

    private readonly SqlDial _dial;
    private readonly Stream _stream;
    private readonly MySqlPackets _packets;
    private uint _thread;
    private MySqlRowShape _shape = new([]);
    private Task<ReadOnlyMemory<byte>>? _ahead;
    private bool _isRunning;

    private MySqlServer(SqlDial dial, Stream stream) => (_dial, _stream, _packets) = (dial, stream, new MySqlPackets(stream));

    public string Version { get; private set; } = "";

    public TransactionState Transaction { get; private set; }

    public bool HasEscapes { get; private set; } = true;

    /// <param name="database">Null: the resource's.</param>
    public static async Task<ISqlServer> ConnectAsync(SqlDial dial, string? database, CancellationToken ct)
    {
        MySqlServer server = new(dial, await dial(ct));
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
        _isRunning = true;
        await CommandAsync(CommandQuery, statement, ct);
        for (bool more = true; more; _isRunning = more)
        {
            ReadOnlyMemory<byte> first = await NextAsync(ct);
            switch (HeaderOf(first))
            {
                case Err:
                    _isRunning = false;
                    yield return MySqlReplies.Failed(first.Span);
                    yield break;
                case LocalFile:
                    throw SqlLostException.Broken("the server asks for a file.");
                case Ok:
                    (string tag, more) = Finished(MySqlReplies.Ok(first.Span));
                    yield return new SqlReply.End(tag);
                    break;
                default:
                    SqlColumn[] columns = await ColumnsAsync(new WireReader(first.Span).Length(), ct);
                    yield return new SqlReply.Head(columns);
                    for (long rows = 0; ; rows++)
                    {
                        ReadOnlyMemory<byte> row = await NextAsync(ct);
                        if (HeaderOf(row) == Err)
                        {
                            _isRunning = false;
                            yield return MySqlReplies.Failed(row.Span);
                            yield break;
                        }

                        if (HeaderOf(row) == Eof && row.Length <= MaxEof)
                        {
                            (tag, more) = Finished(MySqlReplies.Eof(row.Span, rows));
                            yield return new SqlReply.End(tag);
                            break;
                        }

                        yield return new SqlReply.Row(_shape.Values(row.Span));
                    }

                    break;
            }
        }
    }

    public async Task<SqlReply.Notice> IdleAsync(CancellationToken ct)
    {
        _ahead ??= _packets.ReadAsync(CancellationToken.None);
        ReadOnlyMemory<byte> said = await _ahead.WaitAsync(ct);
        _ahead = null;
        throw new SqlLostException(HeaderOf(said) == Err ? MySqlReplies.Error(said.Span).Message : SqlLostException.Gone);
    }

    public async Task CancelAsync(CancellationToken ct)
    {
        ISqlServer second = await ConnectAsync(_dial, null, ct);
        await using (second)
        {
            await foreach (SqlReply _ in second.RunAsync(string.Create(CultureInfo.InvariantCulture, $"KILL QUERY {_thread}"), ct))
            {
                // Whether there was something to cancel is seen in the statement's own answer.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));
        try
        {
            if (!_isRunning)
            {
                // Behind a statement that runs it would let that one run on with nobody to wait for it.
                await CommandAsync(CommandQuit, "", soon.Token);
            }
        }
        catch (Exception e) when (e is SqlLostException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone already.
        }

        await _stream.DisposeAsync();
        if (_ahead is { } ahead)
        {
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartAsync(string? database, CancellationToken ct)
    {
        ReadOnlyMemory<byte> greeting = await _packets.ReadAsync(ct);
        if (HeaderOf(greeting) == Err)
        {
            throw new SqlLostException(MySqlReplies.Error(greeting.Span).Message);
        }

        MySqlHello hello = MySqlHello.Read(greeting.Span);
        (Version, _thread) = (hello.Product, hello.Thread);
        await _packets.WriteAsync(hello.Answer(database), ct);
        ReadOnlyMemory<byte> answer = await _packets.ReadAsync(ct);
        switch (HeaderOf(answer))
        {
            case Ok:
                Finished(MySqlReplies.Ok(answer.Span));
                return;
            case Err:
                throw new SqlLostException(MySqlReplies.Error(answer.Span).Message);
            default:
                throw SqlLostException.Broken("the relay asks for a password.");
        }
    }

    private Task CommandAsync(byte command, string text, CancellationToken ct)
    {
        _packets.Restart();
        return _packets.WriteAsync((byte[])[command, .. Encoding.UTF8.GetBytes(text)], ct);
    }

    private Task<ReadOnlyMemory<byte>> NextAsync(CancellationToken ct)
    {
        Task<ReadOnlyMemory<byte>> next = _ahead?.WaitAsync(ct) ?? _packets.ReadAsync(ct);
        _ahead = null;
        return next;
    }

    private async Task<SqlColumn[]> ColumnsAsync(ulong? count, CancellationToken ct)
    {
        if (count is null or > MaxColumns)
        {
            throw SqlLostException.Broken("a result has too many columns.");
        }

        MySqlColumn[] columns = new MySqlColumn[(int)count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = MySqlColumn.Read((await NextAsync(ct)).Span);
        }

        await NextAsync(ct);
        _shape = new MySqlRowShape(columns);
        return [.. columns.Select(column => new SqlColumn(column.Name, column.Type))];
    }

    private (string Tag, bool More) Finished(MySqlReplies.Finish finish)
    {
        (Transaction, HasEscapes) = (finish.InTransaction ? TransactionState.Open : TransactionState.None, finish.HasEscapes);
        return (finish.Tag, finish.More);
    }

    private static byte HeaderOf(ReadOnlyMemory<byte> packet) => packet.IsEmpty ? throw SqlLostException.Broken("a packet is empty.") : packet.Span[0];
}
