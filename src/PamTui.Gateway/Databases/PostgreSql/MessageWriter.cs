using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>Writes messages one after the other; what is in it goes out at once.</summary>
internal sealed class MessageWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private int _lengthAt = -1;

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>A message with its type; null: the start-up packet, which has none.</summary>
    public MessageWriter Begin(byte? type)
    {
        if (type is { } first)
        {
            Byte(first);
        }

        _lengthAt = _bytes.WrittenCount;
        return Int32(0);
    }

    /// <summary>Puts the length in, which counts itself and not the type.</summary>
    public MessageWriter End()
    {
        Span<byte> all = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32BigEndian(all[_lengthAt..], all.Length - _lengthAt);
        return this;
    }

    public MessageWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public MessageWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public MessageWriter Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    public MessageWriter CString(string value) => Bytes(Encoding.UTF8.GetBytes(value)).Byte(0);

    /// <summary>A whole message whose body is known.</summary>
    public MessageWriter Message(byte type, ReadOnlySpan<byte> body) => Begin(type).Bytes(body).End();

    /// <summary>Zeroes what was written, which may have been a password.</summary>
    public void Clear() => _bytes.Clear();
}
