using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// Reads the data types of one packet ("Integer Types", "String Types" of MySQL's protocol documents). Every length is checked against
/// what is there; whatever does not fit is a <see cref="BrokenProtocolException"/>.
/// </summary>
internal ref struct MySqlReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Raw(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Raw(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Raw(4));

    /// <summary>int&lt;lenenc&gt;.</summary>
    public ulong Length() => Byte() switch
    {
        <= 250 and byte value => value,
        0xFC => UInt16(),
        0xFD => UInt16() | ((ulong)Byte() << 16),
        0xFE => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)),
        _ => throw new BrokenProtocolException("A length is none."),
    };

    /// <summary>string&lt;lenenc&gt;.</summary>
    public ReadOnlySpan<byte> String()
    {
        ulong length = Length();
        return length <= (ulong)_rest.Length ? Raw((int)length) : throw TooShort();
    }

    /// <summary>string&lt;NUL&gt;, without its NUL.</summary>
    public ReadOnlySpan<byte> Terminated()
    {
        int end = _rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw TooShort();
        }

        ReadOnlySpan<byte> text = Raw(end);
        Raw(1);
        return text;
    }

    public ReadOnlySpan<byte> Raw(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw TooShort();
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> Rest() => Raw(_rest.Length);

    private static BrokenProtocolException TooShort() => new("A packet ends before its fields do.");
}
