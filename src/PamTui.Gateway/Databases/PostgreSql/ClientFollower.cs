using System.Buffers;
using System.Text;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// Reads along with the client's direction, and tells the tracker what it asks. Bytes go on as they came; in a read-only session a statement
/// is held until it was judged, and one that is refused is replaced by one that fails: so the error, for which the client then gets our
/// words, stands at its place among the answers, and does to a transaction and to what was sent behind it what errors do.
/// </summary>
internal sealed class ClientFollower : IDisposable
{
    /// <summary>PQ_LARGE_MESSAGE_LIMIT and PQ_SMALL_MESSAGE_LIMIT of the server: longer ones it does not take either.</summary>
    private const int MaxLarge = 0x3FFFFFFF;

    private const int MaxSmall = 10_000;

    private const int KeptText = Statement.MaxText + 1024;

    /// <summary>A statement that cannot be judged as a whole is not run in a read-only session.</summary>
    private const int MaxJudged = 1024 * 1024;

    private readonly StatementTracker _tracker;
    private readonly ClientEncoding _encoding;
    private readonly TimeProvider _time;
    private readonly bool _readOnly;
    private readonly MessageScanner _scanner;
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly ArrayBufferWriter<byte> _passed = new();

    public ClientFollower(StatementTracker tracker, ClientEncoding encoding, bool readOnly, TimeProvider time)
    {
        (_tracker, _encoding, _readOnly, _time) = (tracker, encoding, readOnly, time);
        _scanner = new MessageScanner(Keep);
    }

    /// <summary>The client has said Terminate: whoever closes first now, it was the client's wish.</summary>
    public bool HasTerminated { get; private set; }

    public async ValueTask<ReadOnlyMemory<byte>> FollowAsync(ReadOnlyMemory<byte> came, CancellationToken ct)
    {
        Task room = Read(came.Span);
        if (!room.IsCompleted)
        {
            await room.WaitAsync(ct).ConfigureAwait(false);
        }

        return _readOnly ? _passed.WrittenMemory : came;
    }

    public void Dispose() => _scanner.Dispose();

    private Task Read(ReadOnlySpan<byte> rest)
    {
        Task room = Task.CompletedTask;
        _passed.ResetWrittenCount();
        while (!rest.IsEmpty)
        {
            bool complete = _scanner.Next(ref rest, out ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> body);
            string? refused = null;
            if (_readOnly)
            {
                refused = Judge(raw, body, complete);
            }

            if (complete && Asks(_scanner.Type, body) is { } pending)
            {
                room = _tracker.AskAsync(pending with { Refused = refused });
            }
        }

        return room;
    }

    /// <summary>Passes on what needs no judgement, holds the rest until it is complete, and replaces what is refused.</summary>
    private string? Judge(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> body, bool complete)
    {
        _held.Write(raw);
        bool judged = _scanner.Type is Frontend.Query or Frontend.Parse or Frontend.FunctionCall;
        if (_scanner.Type == 0 || (judged && !complete))
        {
            return null;
        }

        string? why = judged ? WhyRefused(_scanner.Type, body) : null;
        if (why is null)
        {
            _passed.Write(_held.WrittenSpan);
        }
        else
        {
            _passed.Write(ReadOnlyRule.Failing(_scanner.Type, body).Span);
        }

        _held.ResetWrittenCount();
        return why;
    }

    private static string? WhyRefused(byte type, ReadOnlySpan<byte> body)
    {
        if (type == Frontend.FunctionCall)
        {
            return ReadOnlyRule.FunctionCall;
        }

        WireReader reader = new(body);
        if (type == Frontend.Parse)
        {
            reader.CString();
        }

        // Bytes above 127 are letters to the server, whatever they mean; one letter each is enough to judge by.
        return ReadOnlyRule.WhyRefused(Encoding.Latin1.GetString(reader.CString()));
    }

    private int Keep(byte type, int length)
    {
        (int most, int kept) = type switch
        {
            Frontend.Query or Frontend.Parse => (_readOnly ? MaxJudged : MaxLarge, _readOnly ? MaxJudged : KeptText),
            Frontend.Bind => (MaxLarge, Statement.MaxValues),
            Frontend.FunctionCall => (MaxLarge, KeptText),
            Frontend.CopyData => (MaxLarge, 0),
            Frontend.Execute or Frontend.Describe or Frontend.Close => (MaxSmall, MaxSmall),
            Frontend.CopyDone or Frontend.CopyFail or Frontend.Flush or Frontend.Sync or Frontend.Terminate => (MaxSmall, 0),
            _ => throw new BrokenProtocolException($"a message of type {type:x2} is nothing that a client sends in a session"),
        };
        return length <= most ? kept
            : throw new BrokenProtocolException($"a message of type {(char)type} has {length} bytes, and may have {most}{(_readOnly ? " in a read-only session" : "")}");
    }

    private Pending? Asks(byte type, ReadOnlySpan<byte> body)
    {
        bool cut = body.Length < _scanner.BodyLength;
        WireReader reader = new(body);
        Pending pending = new(default, _time.GetUtcNow(), _time.GetTimestamp(), Cut: cut);
        switch (type)
        {
            case Frontend.Query:
                return pending with { What = Asked.Query, Text = TextOf(ref reader, cut) };
            case Frontend.Parse:
                return pending with { What = Asked.Parse, Name = StatementName.Of(reader.CString()), Text = TextOf(ref reader, cut), Bytes = reader.Rest.ToArray() };
            case Frontend.Bind:
                string portal = StatementName.Of(reader.CString());
                StatementName.Of(reader.CString());
                return pending with { What = Asked.Bind, Name = portal, Bytes = body.ToArray() };
            case Frontend.Execute:
                return pending with { What = Asked.Execute, Name = StatementName.Of(reader.CString()) };
            case Frontend.Describe:
                return Named(pending, ref reader, Asked.DescribeStatement, Asked.DescribePortal);
            case Frontend.Close:
                return Named(pending, ref reader, Asked.CloseStatement, Asked.ClosePortal);
            case Frontend.FunctionCall:
                reader.Int32();
                return pending with { What = Asked.FunctionCall, Bytes = body.ToArray() };
            case Frontend.Sync:
                return pending with { What = Asked.Sync };
            case Frontend.CopyDone or Frontend.CopyFail:
                return pending with { What = Asked.CopyEnd };
            default:
                HasTerminated |= type == Frontend.Terminate;
                return null;
        }
    }

    private SqlText TextOf(ref WireReader reader, bool cut)
    {
        ReadOnlySpan<byte> text = cut && reader.Rest.IndexOf((byte)0) < 0 ? reader.Bytes(reader.Rest.Length) : reader.CString();
        bool longer = text.Length > KeptText;
        return new SqlText(_encoding.Now.GetString(longer ? text[..KeptText] : text), longer || cut, _encoding.Backslash);
    }

    private static Pending Named(Pending pending, ref WireReader reader, Asked statement, Asked portal)
    {
        Asked what = reader.Byte() switch
        {
            (byte)'S' => statement,
            (byte)'P' => portal,
            byte kind => throw new BrokenProtocolException($"{kind:x2} is neither a statement nor a portal"),
        };
        return pending with { What = what, Name = StatementName.Of(reader.CString()) };
    }
}
