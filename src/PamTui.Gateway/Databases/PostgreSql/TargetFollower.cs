using System.Buffers;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// Reads along with the server's direction. Rows and COPY's data are only counted. Bytes go on as they came, but for the error that a refused
/// statement of a read-only session was made to have.
/// </summary>
internal sealed class TargetFollower : IDisposable
{
    /// <summary>Of an error as much as its first fields take, of a tag or a type list all.</summary>
    private const int Kept = 16 * 1024;

    /// <summary>An error is held until it is complete, where its words may not be the server's.</summary>
    private const int MaxHeld = 1024 * 1024;

    private readonly StatementTracker _tracker;
    private readonly ClientEncoding _encoding;
    private readonly Func<Statement, CancellationToken, ValueTask> _log;
    private readonly bool _readOnly;
    private readonly MessageScanner _scanner;
    private readonly List<Statement> _ran = [];
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly ArrayBufferWriter<byte> _passed = new();

    public TargetFollower(StatementTracker tracker, ClientEncoding encoding, bool readOnly, Func<Statement, CancellationToken, ValueTask> log)
    {
        (_tracker, _encoding, _readOnly, _log) = (tracker, encoding, readOnly, log);
        _scanner = new MessageScanner(Keep);
    }

    /// <summary>What has been passed on ends with a whole message: one of ours may follow.</summary>
    public bool AtBoundary => _scanner.AtBoundary;

    public async ValueTask<ReadOnlyMemory<byte>> FollowAsync(ReadOnlyMemory<byte> came, CancellationToken ct)
    {
        Read(came.Span);
        if (_ran.Count > 0)
        {
            // Kept first: what the client knows of, the log has.
            foreach (Statement statement in _ran)
            {
                await _log(statement, ct).ConfigureAwait(false);
            }

            _ran.Clear();
        }

        return _readOnly ? _passed.WrittenMemory : came;
    }

    public void Dispose() => _scanner.Dispose();

    private void Read(ReadOnlySpan<byte> rest)
    {
        _passed.ResetWrittenCount();
        while (!rest.IsEmpty)
        {
            bool complete = _scanner.Next(ref rest, out ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> body);
            string? words = complete ? Take(_scanner.Type, body) : null;
            if (_readOnly)
            {
                Pass(raw, complete, words);
            }
        }
    }

    private void Pass(ReadOnlySpan<byte> raw, bool complete, string? words)
    {
        _held.Write(raw);
        if (_scanner.Type == 0 || (_scanner.Type == Backend.ErrorResponse && !complete))
        {
            return;
        }

        _passed.Write(words is null ? _held.WrittenSpan : new ErrorMessage("ERROR", ErrorMessage.ReadOnlyTransaction, words).Write().Span);
        _held.ResetWrittenCount();
    }

    private string? Take(byte type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case Backend.DataRow:
                _tracker.Row();
                return null;
            case Backend.CopyData or Backend.NoticeResponse or Backend.NotificationResponse:
                return null;
            case Backend.ParameterStatus:
                _encoding.Reported(body);
                return null;
            default:
                return _tracker.Answer(type, body, cut: body.Length < _scanner.BodyLength, _ran);
        }
    }

    private int Keep(byte type, int length) => type switch
    {
        Backend.DataRow or Backend.CopyData or Backend.NoticeResponse or Backend.NotificationResponse or Backend.RowDescription => 0,
        Backend.ErrorResponse when _readOnly && length > MaxHeld => throw new BrokenProtocolException($"An error has {length} bytes."),
        Backend.ParameterDescription => 2 + (ushort.MaxValue * sizeof(int)),
        _ => Kept,
    };
}
