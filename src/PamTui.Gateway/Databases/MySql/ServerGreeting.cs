namespace PamTui.Gateway.Databases.MySql;

/// <summary>A server's first packet ("Protocol::HandshakeV10"; for the upper half of the capabilities MariaDB's "Initial Handshake Packet").</summary>
/// <param name="Version">As the server says it, of any content.</param>
/// <param name="Nonce">The challenge, without the NUL after it.</param>
/// <param name="Plugin">The way to sign in that the challenge is for.</param>
internal sealed record ServerGreeting(byte[] Version, uint ConnectionId, byte[] Nonce, Capabilities Capabilities, byte Charset, ushort Status, string Plugin)
{
    private const byte ProtocolVersion = 10;
    private const int FirstPart = 8;

    /// <exception cref="BrokenProtocolException">It is none, or of a server from before 2010, which knows no ways to sign in.</exception>
    public static ServerGreeting Read(ReadOnlySpan<byte> payload)
    {
        MySqlReader reader = new(payload);
        if (reader.Byte() != ProtocolVersion)
        {
            throw new BrokenProtocolException("What answers does not speak MySQL's protocol 10.");
        }

        byte[] version = reader.Terminated().ToArray();
        uint connection = reader.UInt32();
        ReadOnlySpan<byte> first = reader.Raw(FirstPart);
        reader.Raw(1);
        ulong capabilities = reader.UInt16();
        byte charset = reader.Byte();
        ushort status = reader.UInt16();
        capabilities |= (ulong)reader.UInt16() << 16;
        int nonceLength = reader.Byte();
        reader.Raw(6);
        uint upper = reader.UInt32();
        Capabilities can = (Capabilities)capabilities;
        if (!can.HasFlag(Capabilities.OfSignIn & ~Capabilities.PluginAuthLenencData))
        {
            throw new BrokenProtocolException("The server is too old: it knows no ways to sign in to choose from.");
        }

        ReadOnlySpan<byte> second = reader.Raw(Math.Max(13, nonceLength - FirstPart));
        ReadOnlySpan<byte> plugin = reader.Rest();
        int end = plugin.IndexOf((byte)0);
        return new ServerGreeting(
            version,
            connection,
            [.. first, .. second[..^1]],
            can | (can.HasFlag(Capabilities.MySql) ? Capabilities.None : (Capabilities)((ulong)upper << 32)),
            charset,
            status,
            PluginName.Read(end < 0 ? plugin : plugin[..end]));
    }

    public ReadOnlyMemory<byte> Write()
    {
        bool isMariaDb = !Capabilities.HasFlag(Capabilities.MySql);
        return new MySqlWriter()
            .Byte(ProtocolVersion)
            .Terminated(Version)
            .UInt32(ConnectionId)
            .Terminated(Nonce.AsSpan(0, FirstPart))
            .UInt16((ushort)Capabilities)
            .Byte(Charset)
            .UInt16(Status)
            .UInt16((ushort)((ulong)Capabilities >> 16))
            .Byte((byte)(Nonce.Length + 1))
            .Zeros(6)
            .UInt32(isMariaDb ? (uint)((ulong)Capabilities >> 32) : 0)
            .Terminated(Nonce.AsSpan(FirstPart))
            .Terminated(PluginName.Bytes(Plugin))
            .Written;
    }
}
