using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>The values of a Bind or a FunctionCall, for a person to read. A binary one is read as what its type says, when that is known.</summary>
internal static class BoundValues
{
    private const short Binary = 1;

    // Of pg_type.
    private const int Bool = 16;
    private const int Int8 = 20;
    private const int Int2 = 21;
    private const int Int4 = 23;
    private const int TextType = 25;
    private const int Oid = 26;
    private const int Json = 114;
    private const int Xml = 142;
    private const int Float4 = 700;
    private const int Float8 = 701;
    private const int BpChar = 1042;
    private const int VarChar = 1043;
    private const int Date = 1082;
    private const int Timestamp = 1114;
    private const int TimestampTz = 1184;
    private const int Uuid = 2950;

    private static readonly DateTime s_epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Count of formats, formats, count of values, and each with its length: at the reader.</summary>
    /// <param name="types">Of pg_type, in order; 0, or none at all: not known.</param>
    /// <param name="cut">The body was cut, so that the last value may be in part.</param>
    /// <returns>False: what is not there, or is no value, was left out. Whether the server takes it is its own to say.</returns>
    public static bool Read(ref WireReader reader, int[] types, bool cut, Encoding encoding, List<StatementValue> values)
    {
        try
        {
            short[] formats = new short[CountOf(ref reader)];
            for (int i = 0; i < formats.Length; i++)
            {
                formats[i] = reader.Int16();
            }

            int count = (ushort)reader.Int16();
            for (int i = 0; i < count; i++)
            {
                short format = formats.Length switch { 0 => 0, 1 => formats[0], _ => i < formats.Length ? formats[i] : throw new BrokenProtocolException("A message has fewer formats than values.") };
                int length = reader.Int32();
                if (length < 0)
                {
                    values.Add(StatementValue.Null);
                    continue;
                }

                bool whole = length <= reader.Rest.Length || !cut;
                ReadOnlySpan<byte> value = reader.Bytes(whole ? length : reader.Rest.Length);
                int type = i < types.Length ? types[i] : 0;
                values.Add(format == Binary ? OfBinary(whole ? type : 0, value, length, encoding) : OfText(value, length, encoding));
                if (!whole)
                {
                    return false;
                }
            }

            return true;
        }
        catch (BrokenProtocolException)
        {
            return false;
        }
    }

    private static int CountOf(ref WireReader reader)
    {
        int count = (ushort)reader.Int16();
        return count * sizeof(short) <= reader.Rest.Length ? count : throw new BrokenProtocolException("A message is shorter than what it says is in it.");
    }

    private static StatementValue OfText(ReadOnlySpan<byte> value, int length, Encoding encoding) => encoding is UTF8Encoding
        ? StatementValue.OfText(value, length)
        : StatementValue.OfText(encoding.GetString(value[..Math.Min(value.Length, StatementValue.MaxBytes)]));

    private static StatementValue OfBinary(int type, ReadOnlySpan<byte> value, int length, Encoding encoding) => (type, value.Length) switch
    {
        (Bool, 1) => StatementValue.OfText(value[0] != 0 ? "true" : "false"),
        (Int2, 2) => Number(BinaryPrimitives.ReadInt16BigEndian(value)),
        (Int4, 4) => Number(BinaryPrimitives.ReadInt32BigEndian(value)),
        (Oid, 4) => Number(BinaryPrimitives.ReadUInt32BigEndian(value)),
        (Int8, 8) => Number(BinaryPrimitives.ReadInt64BigEndian(value)),
        (Float4, 4) => StatementValue.OfText(BinaryPrimitives.ReadSingleBigEndian(value).ToString("R", CultureInfo.InvariantCulture)),
        (Float8, 8) => StatementValue.OfText(BinaryPrimitives.ReadDoubleBigEndian(value).ToString("R", CultureInfo.InvariantCulture)),
        (Uuid, 16) => StatementValue.OfText(new Guid(value, bigEndian: true).ToString()),
        (Date, 4) => Day(BinaryPrimitives.ReadInt32BigEndian(value)),
        (Timestamp, 8) => Moment(BinaryPrimitives.ReadInt64BigEndian(value), ""),
        (TimestampTz, 8) => Moment(BinaryPrimitives.ReadInt64BigEndian(value), "+00"),
        (TextType or VarChar or BpChar or Json or Xml, _) => OfText(value, length, encoding),
        _ => StatementValue.OfBytes(value, length),
    };

    private static StatementValue Number(long value) => StatementValue.OfText(value.ToString(CultureInfo.InvariantCulture));

    private static StatementValue Day(int days) => days switch
    {
        int.MaxValue => StatementValue.OfText("infinity"),
        int.MinValue => StatementValue.OfText("-infinity"),
        _ => Shown(days * TimeSpan.TicksPerDay, "yyyy-MM-dd", ""),
    };

    private static StatementValue Moment(long microseconds, string zone) => microseconds switch
    {
        long.MaxValue => StatementValue.OfText("infinity"),
        long.MinValue => StatementValue.OfText("-infinity"),
        _ => Shown(microseconds > long.MaxValue / TimeSpan.TicksPerMicrosecond ? long.MaxValue : microseconds * TimeSpan.TicksPerMicrosecond, "yyyy-MM-dd HH:mm:ss.ffffff", zone),
    };

    /// <summary>PostgreSQL's years go further than the platform's.</summary>
    private static StatementValue Shown(long ticks, string format, string zone)
    {
        long at = s_epoch.Ticks;
        return ticks >= -at && ticks <= DateTime.MaxValue.Ticks - at
            ? StatementValue.OfText(new DateTime(at + ticks).ToString(format, CultureInfo.InvariantCulture) + zone)
            : StatementValue.OfText("out of the years that are shown");
    }
}
