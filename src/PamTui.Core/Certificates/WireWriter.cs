using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PamTui.Core.Certificates;

/// <summary>The data types of RFC 4251 §5 that a certificate is made of. It only writes, so nothing of an outsider is parsed here.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _output = new();

    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    public WireWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_output.GetSpan(4), value);
        _output.Advance(4);
        return this;
    }

    public WireWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_output.GetSpan(8), value);
        _output.Advance(8);
        return this;
    }

    public WireWriter String(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        _output.Write(value);
        return this;
    }

    public WireWriter String(string value) => String(Encoding.UTF8.GetBytes(value));
}
