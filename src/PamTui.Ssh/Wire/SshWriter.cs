using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PamTui.Ssh.Wire;

/// <summary>Writes the data types of RFC 4251 §5.</summary>
public readonly ref struct SshWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void String(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        output.Write(value);
    }

    public void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    public void NameList(IEnumerable<string> names) => String(string.Join(',', names));

    /// <summary>A non-negative mpint from its unsigned big-endian magnitude, which may have leading zeros.</summary>
    public void MpInt(ReadOnlySpan<byte> magnitude)
    {
        magnitude = magnitude.TrimStart((byte)0);
        bool needsZero = !magnitude.IsEmpty && (magnitude[0] & 0x80) != 0;
        UInt32((uint)(magnitude.Length + (needsZero ? 1 : 0)));
        if (needsZero)
        {
            Byte(0);
        }

        output.Write(magnitude);
    }

    public void Raw(ReadOnlySpan<byte> value) => output.Write(value);
}
