using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>Protocol::ColumnDefinition41, as far as it says how a value is shown.</summary>
internal sealed record MySqlColumn(string Name, SqlType Type, bool IsBinary)
{
    private const ushort BinaryCharset = 63;

    public static MySqlColumn Read(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        for (int i = 0; i < 4; i++)
        {
            reader.String(out _); // catalog, schema, table, original table
        }

        string name = reader.Text();
        reader.String(out _); // original name
        reader.Length();
        ushort charset = reader.UInt16Little();
        reader.UInt32Little();
        byte type = reader.Byte();
        return new MySqlColumn(
            name,
            type is <= 5 or 8 or 9 or 13 or 246 ? SqlType.Number : SqlType.Other,
            type is 16 or 255 || (type is >= 249 and <= 254 && charset == BinaryCharset));
    }
}

/// <summary>How the rows of one result are read. Bytes that are no text are shown as 0x….</summary>
internal sealed class MySqlRowShape(MySqlColumn[] columns)
{
    public string?[] Values(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        string?[] values = new string?[columns.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = !reader.String(out ReadOnlySpan<byte> value) ? null
                : columns[i].IsBinary ? "0x" + Convert.ToHexString(value)
                : Encoding.UTF8.GetString(value);
        }

        return values;
    }
}
