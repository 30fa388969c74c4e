using System.Buffers.Binary;
using System.Globalization;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// The values that an execution binds ("COM_STMT_EXECUTE", "Binary Protocol Value"), read as they come by: of a value of any size only what
/// the log keeps is ever held. What a client sends against the protocol ends the list; the server says what it thinks of it.
/// </summary>
internal sealed class BoundValues(PreparedStatement statement)
{
    private const int ExecuteHead = 5;

    private readonly List<StatementValue> _values = [];
    private readonly byte[] _nulls = new byte[(statement.Parameters + 7) / 8];
    private Part _part = Part.Head;
    private byte[] _piece = new byte[16];
    private int _have;
    private int _need = ExecuteHead;
    private long _left;
    private long _length;
    private int _kept;

    private enum Part
    {
        Head,
        Nulls,
        TypesFollow,
        Types,
        Fixed,
        ShortLength,
        Length,
        LengthBytes,
        Content,
        Done,
    }

    public IReadOnlyList<StatementValue> Values => _values;

    /// <param name="data">What follows the number of the statement, the next piece of it.</param>
    public void Feed(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && _part != Part.Done)
        {
            int take = (int)Math.Min(data.Length, _part == Part.Content ? _left : _need - _have);
            if (_part != Part.Content || _have < StatementValue.MaxBytes)
            {
                Keep(data[..(_part == Part.Content ? Math.Min(take, StatementValue.MaxBytes - _have) : take)]);
            }

            _left -= _part == Part.Content ? take : 0;
            data = data[take..];
            if (_part == Part.Content ? _left == 0 : _have == _need)
            {
                Ended();
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (_piece.Length < _have + data.Length)
        {
            Array.Resize(ref _piece, Math.Max(_have + data.Length, 2 * _piece.Length));
        }

        data.CopyTo(_piece.AsSpan(_have));
        _have += data.Length;
    }

    private void Ended()
    {
        ReadOnlySpan<byte> piece = _piece.AsSpan(0, _have);
        _have = 0;
        switch (_part)
        {
            case Part.Head:
                Expect(statement.Parameters == 0 ? Part.Done : Part.Nulls, _nulls.Length);
                break;
            case Part.Nulls:
                piece.CopyTo(_nulls);
                Expect(Part.TypesFollow, 1);
                break;
            case Part.TypesFollow when piece[0] == 1:
                Expect(Part.Types, 2 * statement.Parameters);
                break;
            case Part.TypesFollow when statement.Types.Length == 0:
                _part = Part.Done;
                break;
            case Part.TypesFollow:
                Next();
                break;
            case Part.Types:
                statement.Types = piece.ToArray();
                Next();
                break;
            case Part.Fixed:
                Add(OfFixed(TypeOf(_values.Count), IsUnsigned(_values.Count), piece));
                break;
            case Part.ShortLength when piece[0] == 0:
                Add(OfTime(TypeOf(_values.Count), []));
                break;
            case Part.ShortLength:
                Expect(Part.Fixed, piece[0]);
                break;
            case Part.Length when piece[0] is >= 0xFC and < 0xFF:
                Expect(Part.LengthBytes, piece[0] switch { 0xFC => 2, 0xFD => 3, _ => 8 });
                break;
            case Part.Length:
                Content(piece[0] <= 250 ? piece[0] : 0);
                break;
            case Part.LengthBytes:
                Span<byte> whole = stackalloc byte[8];
                whole.Clear();
                piece.CopyTo(whole);
                Content(BinaryPrimitives.ReadInt64LittleEndian(whole) & long.MaxValue);
                break;
            default:
                Add(OfContent(TypeOf(_values.Count), piece, _length));
                break;
        }
    }

    private void Content(long length)
    {
        if (length == 0)
        {
            Add(OfContent(TypeOf(_values.Count), [], 0));
            return;
        }

        (_part, _left, _length) = (Part.Content, length, length);
    }

    private void Expect(Part part, int length) => (_part, _need) = (part, length);

    private void Add(StatementValue value)
    {
        // After so much only kind and length of a value are kept.
        StatementValue kept = _kept < Statement.MaxValues ? value : value.Masked();
        _kept += kept.Kept;
        _values.Add(kept);
        Next();
    }

    /// <summary>To the next value that the packet holds: a NULL and one that was sent ahead are not in it.</summary>
    private void Next()
    {
        for (; _values.Count < statement.Parameters; _kept += _values[^1].Kept)
        {
            int at = _values.Count;
            if (statement.SentAhead(at) is { } sent)
            {
                _values.Add(sent);
                continue;
            }

            if ((_nulls[at / 8] & (1 << (at % 8))) != 0 || TypeOf(at) == FieldType.Null)
            {
                _values.Add(StatementValue.Null);
                continue;
            }

            switch (TypeOf(at))
            {
                case FieldType.Tiny:
                    Expect(Part.Fixed, 1);
                    break;
                case FieldType.Short or FieldType.Year:
                    Expect(Part.Fixed, 2);
                    break;
                case FieldType.Long or FieldType.Int24 or FieldType.Float:
                    Expect(Part.Fixed, 4);
                    break;
                case FieldType.LongLong or FieldType.Double:
                    Expect(Part.Fixed, 8);
                    break;
                case FieldType.Date or FieldType.DateTime or FieldType.Timestamp or FieldType.Time:
                    Expect(Part.ShortLength, 1);
                    break;
                default:
                    Expect(Part.Length, 1);
                    break;
            }

            return;
        }

        _part = Part.Done;
    }

    private FieldType TypeOf(int parameter) => (FieldType)statement.Types[2 * parameter];

    private bool IsUnsigned(int parameter) => (statement.Types[(2 * parameter) + 1] & 0x80) != 0;

    private static StatementValue OfFixed(FieldType type, bool isUnsigned, ReadOnlySpan<byte> bytes) => type switch
    {
        FieldType.Float => Of(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        FieldType.Double => Of(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        FieldType.LongLong => isUnsigned ? Of(BinaryPrimitives.ReadUInt64LittleEndian(bytes)) : Of(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        FieldType.Long or FieldType.Int24 => isUnsigned ? Of(BinaryPrimitives.ReadUInt32LittleEndian(bytes)) : Of(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        FieldType.Short or FieldType.Year => isUnsigned ? Of(BinaryPrimitives.ReadUInt16LittleEndian(bytes)) : Of(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        FieldType.Tiny => isUnsigned ? Of(bytes[0]) : Of((sbyte)bytes[0]),
        _ => OfTime(type, bytes),
    };

    private static StatementValue Of(IFormattable number) => StatementValue.OfText(number.ToString(null, CultureInfo.InvariantCulture));

    // year 2, month, day | hour, minute, second | microsecond 4; of TIME: is it negative, days 4, hour, minute, second | microsecond 4.
    private static StatementValue OfTime(FieldType type, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (0 or 4 or 7 or 8 or 11 or 12))
        {
            return StatementValue.OfBytes(bytes);
        }

        Span<byte> all = stackalloc byte[12];
        all.Clear();
        bytes.CopyTo(all);
        bool isDuration = type == FieldType.Time;
        string micros = bytes.Length is 11 or 12 ? string.Create(CultureInfo.InvariantCulture, $".{BinaryPrimitives.ReadUInt32LittleEndian(all[(isDuration ? 8 : 7)..]):d6}") : "";
        return StatementValue.OfText(isDuration
            ? string.Create(CultureInfo.InvariantCulture, $"{(all[0] != 0 ? "-" : "")}{(24L * BinaryPrimitives.ReadUInt32LittleEndian(all[1..])) + all[5]:d2}:{all[6]:d2}:{all[7]:d2}{micros}")
            : string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16LittleEndian(all):d4}-{all[2]:d2}-{all[3]:d2}") + (type == FieldType.Date && bytes.Length <= 4
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" {all[4]:d2}:{all[5]:d2}:{all[6]:d2}{micros}")));
    }

    private static StatementValue OfContent(FieldType type, ReadOnlySpan<byte> kept, long length) => type is >= FieldType.TinyBlob and <= FieldType.Blob or FieldType.Bit or FieldType.Geometry
        ? StatementValue.OfBytes(kept, length)
        : StatementValue.OfText(kept, length);
}
