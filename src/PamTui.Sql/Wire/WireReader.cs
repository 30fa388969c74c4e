using System.Buffers.Binary;
using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>Takes a message apart. What is not there is a broken protocol.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Bytes(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Bytes(4));

    public ushort UInt16Little() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint UInt32Little() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw SqlLostException.Broken("a message ends too early.");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> Rest() => Bytes(_rest.Length);

    /// <summary>Up to a NUL, which is taken too.</summary>
    public string Terminated()
    {
        int end = _rest.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(Bytes(end < 0 ? throw SqlLostException.Broken("a text has no end.") : end));
        Bytes(1);
        return text;
    }

    /// <summary>MySQL's "length-encoded integer"; null: the NULL of a row.</summary>
    public ulong? Length() => Byte() switch
    {
        < 0xFB and byte small => small,
        0xFB => null,
        0xFC => UInt16Little(),
        0xFD => UInt16Little() | (ulong)Byte() << 16,
        0xFE => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8)),
        _ => throw SqlLostException.Broken("a length is none."),
    };

    /// <summary>MySQL's "length-encoded string"; false: NULL.</summary>
    public bool String(out ReadOnlySpan<byte> text)
    {
        ulong? length = Length();
        text = length is { } count ? Bytes(count <= int.MaxValue ? (int)count : -1) : [];
        return length is not null;
    }

    public string Text() => String(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : "";
}
