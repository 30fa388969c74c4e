using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>A command while it comes by: of one of any length only what the log keeps is held.</summary>
/// <param name="kept">What is kept of it; emptied here, used by one command at a time.</param>
internal sealed class OpenCommand
{
    private const int NumberEnd = 5;
    private const int LongDataHead = 7;
    private const int MaxOther = 1024;

    private readonly ArrayBufferWriter<byte> _kept;
    private readonly PreparedStatement? _statement;
    private readonly BoundValues? _values;
    private readonly int _max;
    private long _length;

    public OpenCommand(Command command, ArrayBufferWriter<byte> kept, PreparedStatement? statement)
    {
        (Command, _kept, _statement) = (command, kept, statement);
        _kept.ResetWrittenCount();
        _values = command == Command.StmtExecute && statement is not null ? new BoundValues(statement) : null;
        _max = command switch
        {
            Command.Query or Command.StmtPrepare => 1 + Statement.MaxText,
            Command.StmtSendLongData => LongDataHead + StatementValue.MaxBytes,
            Command.StmtExecute => NumberEnd,
            _ => MaxOther,
        };
    }

    public Command Command { get; }

    /// <summary>Why it does not pass.</summary>
    public (ushort Code, string Why)? Refusal { get; set; }

    /// <summary>The number of the last of its packets.</summary>
    public byte Number { get; set; }

    private ReadOnlySpan<byte> Kept => _kept.WrittenSpan;

    /// <param name="data">The next piece of its payload, which begins with the command.</param>
    public void Feed(ReadOnlySpan<byte> data)
    {
        int keep = Math.Min(data.Length, _max - _kept.WrittenCount);
        if (keep > 0)
        {
            _kept.Write(data[..keep]);
        }

        _length += data.Length;
        _values?.Feed(data[Math.Max(0, keep)..]);
    }

    /// <summary>It has all been there: what the log and the prepared statements have of it.</summary>
    public PendingReply End(ReplyKind kind, TimeProvider time)
    {
        switch (Command)
        {
            case Command.StmtSendLongData when Kept.Length >= LongDataHead:
                _statement?.Add(BinaryPrimitives.ReadUInt16LittleEndian(Kept[NumberEnd..]), Kept[LongDataHead..], _length - LongDataHead);
                break;
            case Command.StmtExecute or Command.StmtReset:
                _statement?.Forget();
                break;
        }

        return new PendingReply(Command, kind, isHidden: false)
        {
            At = time.GetUtcNow(),
            Started = time.GetTimestamp(),
            Text = TextOf(),
            Truncated = (Command is Command.Query or Command.StmtPrepare && _length > _max) || (Command == Command.StmtExecute && _statement is { Truncated: true }),
            Values = _values?.Values ?? [],
            Backslash = Command == Command.StmtExecute ? _statement?.Backslash : null,
        };
    }

    // What is no SQL is logged as the SQL that does the same. Pings and the like do nothing.
    private string? TextOf() => Command switch
    {
        Command.Query or Command.StmtPrepare => Decode(Kept[1..]),
        Command.StmtExecute => _statement?.Text ?? "EXECUTE (a statement that the gateway does not know)",
        Command.InitDb => "USE " + Decode(Kept[1..]),
        Command.FieldList => "SHOW FIELDS FROM " + Decode(Kept[1..(Kept.IndexOf((byte)0) is > 0 and int end ? end : Kept.Length)]),
        Command.ProcessInfo => "SHOW PROCESSLIST",
        Command.ProcessKill => "KILL " + (Kept.Length >= NumberEnd ? BinaryPrimitives.ReadUInt32LittleEndian(Kept[1..]).ToString(System.Globalization.CultureInfo.InvariantCulture) : ""),
        Command.Refresh => "FLUSH (COM_REFRESH)",
        Command.Shutdown => "SHUTDOWN",
        Command.Debug => "COM_DEBUG",
        Command.ResetConnection => "RESET CONNECTION",
        _ => null,
    };

    // The client's charset is not known for sure; what is not UTF-8 is shown byte by byte, so that nothing is lost.
    private static string Decode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> whole = text;
        for (int cut = 0; cut < 3 && !whole.IsEmpty && text.Length == Statement.MaxText && !Utf8.IsValid(whole); cut++)
        {
            whole = whole[..^1];
        }

        return Utf8.IsValid(whole) ? Encoding.UTF8.GetString(whole) : Encoding.Latin1.GetString(text);
    }
}
