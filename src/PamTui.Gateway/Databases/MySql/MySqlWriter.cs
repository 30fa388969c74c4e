using System.Buffers;
using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>Writes the data types of one packet.</summary>
internal sealed class MySqlWriter
{
    private readonly ArrayBufferWriter<byte> _data = new(256);

    public ReadOnlyMemory<byte> Written => _data.WrittenMemory;

    public MySqlWriter Byte(byte value)
    {
        _data.GetSpan(1)[0] = value;
        _data.Advance(1);
        return this;
    }

    public MySqlWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_data.GetSpan(2), value);
        _data.Advance(2);
        return this;
    }

    public MySqlWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_data.GetSpan(4), value);
        _data.Advance(4);
        return this;
    }

    public MySqlWriter Length(int value) => value switch
    {
        <= 250 => Byte((byte)value),
        <= ushort.MaxValue => Byte(0xFC).UInt16((ushort)value),
        _ => Byte(0xFE).UInt32((uint)value).UInt32(0),
    };

    public MySqlWriter String(ReadOnlySpan<byte> value) => Length(value.Length).Raw(value);

    public MySqlWriter Terminated(ReadOnlySpan<byte> value) => Raw(value).Byte(0);

    public MySqlWriter Raw(ReadOnlySpan<byte> value)
    {
        _data.Write(value);
        return this;
    }

    public MySqlWriter Zeros(int count)
    {
        _data.GetSpan(count)[..count].Clear();
        _data.Advance(count);
        return this;
    }
}
