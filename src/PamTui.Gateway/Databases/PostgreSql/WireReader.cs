using System.Buffers.Binary;
using System.Text;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// The data types of PostgreSQL's messages ("Message Data Types"), read out of one message's body. What is not there is the peer's fault, said
/// as such before anything is allocated for it.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Bytes(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Bytes(4));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new BrokenProtocolException("A message is shorter than what it says is in it.");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Up to its zero, without it.</summary>
    public ReadOnlySpan<byte> CString()
    {
        int zero = _rest.IndexOf((byte)0);
        if (zero < 0)
        {
            throw new BrokenProtocolException("A text in a message has no end.");
        }

        ReadOnlySpan<byte> taken = _rest[..zero];
        _rest = _rest[(zero + 1)..];
        return taken;
    }

    /// <summary>Of a text that is UTF-8, or nearly.</summary>
    public string Text() => Encoding.UTF8.GetString(CString());

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new BrokenProtocolException("A message is longer than what is in it.");
        }
    }
}
