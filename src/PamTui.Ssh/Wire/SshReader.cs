using System.Buffers.Binary;
using System.Text;

namespace PamTui.Ssh.Wire;

/// <summary>
/// Reads the data types of RFC 4251 §5 from one packet. Every length is checked against its cap and against what is there before it is used;
/// whatever does not fit is a <see cref="SshProtocolException"/>. <see cref="End"/> must be reached: bytes left over are an error too.
/// </summary>
public ref struct SshReader(ReadOnlySpan<byte> data)
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = data;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Raw(1)[0];

    /// <summary>Any value but zero is true (RFC 4251 §5).</summary>
    public bool Boolean() => Raw(1)[0] != 0;

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Raw(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Raw(8));

    /// <summary>A string of at most <paramref name="max"/> bytes, of any content.</summary>
    public ReadOnlySpan<byte> String(int max)
    {
        uint length = UInt32();
        if (length > (uint)max)
        {
            throw new SshProtocolException($"A string of {length} bytes came where at most {max} are allowed.");
        }

        return Raw((int)length);
    }

    /// <summary>A string of printable US-ASCII: names of algorithms, methods, services, channel types.</summary>
    public string AsciiName(int max)
    {
        ReadOnlySpan<byte> bytes = String(max);
        if (bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            throw new SshProtocolException("A name holds a byte that is not printable US-ASCII.");
        }

        return Encoding.ASCII.GetString(bytes);
    }

    /// <summary>A string of well-formed UTF-8, of at most <paramref name="max"/> bytes.</summary>
    public string Utf8(int max)
    {
        try
        {
            return s_strictUtf8.GetString(String(max));
        }
        catch (DecoderFallbackException e)
        {
            throw new SshProtocolException("A text is not UTF-8.", inner: e);
        }
    }

    /// <summary>A name-list (RFC 4251 §5): comma separated, no empty name, printable US-ASCII. A comma at its end, as libssh 0.10 writes it, is let pass.</summary>
    public string[] NameList(int maxBytes = 8192, int maxNames = 256)
    {
        ReadOnlySpan<byte> bytes = String(maxBytes);
        if (bytes.IsEmpty)
        {
            return [];
        }

        if (bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            throw new SshProtocolException("A name-list holds a byte that is not printable US-ASCII.");
        }

        if (bytes.Count((byte)',') >= maxNames)
        {
            throw new SshProtocolException($"A name-list holds more than {maxNames} names.");
        }

        string[] names = Encoding.ASCII.GetString(bytes.Length > 1 && bytes[^1] == ',' ? bytes[..^1] : bytes).Split(',');
        if (Array.Exists(names, name => name.Length == 0))
        {
            throw new SshProtocolException("A name-list holds an empty name.");
        }

        return names;
    }

    /// <summary>The magnitude, big endian and without leading zero, of a positive mpint; negative and non-minimal forms are refused.</summary>
    public ReadOnlySpan<byte> MpInt(int maxBytes)
    {
        ReadOnlySpan<byte> bytes = String(maxBytes + 1);
        if (bytes.IsEmpty)
        {
            return bytes;
        }

        if ((bytes[0] & 0x80) != 0)
        {
            throw new SshProtocolException("A number is negative where only positive ones are allowed.");
        }

        if (bytes[0] != 0)
        {
            return bytes.Length <= maxBytes ? bytes : throw new SshProtocolException($"A number is longer than {maxBytes} bytes.");
        }

        if (bytes.Length == 1 || (bytes[1] & 0x80) == 0)
        {
            throw new SshProtocolException("A number has needless leading zeros.");
        }

        return bytes[1..];
    }

    public ReadOnlySpan<byte> Raw(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new SshProtocolException("A packet ends before its fields do.");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> Rest() => Raw(_rest.Length);

    /// <summary>The packet must be used up.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new SshProtocolException($"{_rest.Length} bytes follow the last field of a packet.");
        }
    }
}
