namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// A client's answer to the greeting ("Protocol::HandshakeResponse41"; MariaDB's "Client Handshake Response"). What it says of a user and
/// a password is read over, as neither is what signs in.
/// </summary>
/// <param name="Capabilities">As the client wrote them; the rest of the packet has their form.</param>
/// <param name="Database">Empty: the client names none.</param>
/// <param name="Attributes">What the client tells of itself, in the form of the packet, without its length.</param>
internal sealed record HandshakeResponse(Capabilities Capabilities, uint MaxPacket, byte Charset, byte[] Database, string Plugin, byte[] Attributes)
{
    private const int MaxDatabase = 256;
    private const int SslRequestLength = 32;

    /// <param name="offered">What the client was offered.</param>
    public static HandshakeResponse Read(ReadOnlySpan<byte> payload, Capabilities offered)
    {
        MySqlReader reader = new(payload);
        ulong flags = reader.UInt32();
        Capabilities can = (Capabilities)flags;
        if (!can.HasFlag(Capabilities.Protocol41))
        {
            throw new BrokenProtocolException("The client is from before MySQL 4.1.");
        }

        if (can.HasFlag(Capabilities.Ssl) && payload.Length == SslRequestLength)
        {
            throw new BrokenProtocolException("TLS begins at the database, as the tunnel is encrypted already: use --ssl-mode=DISABLED (MySQL) or --skip-ssl (MariaDB).");
        }

        uint maxPacket = reader.UInt32();
        byte charset = reader.Byte();
        reader.Raw(19);
        uint upper = reader.UInt32();
        if (((can | offered) & Capabilities.MySql) == 0)
        {
            can |= (Capabilities)((ulong)upper << 32);
        }

        reader.Terminated();
        SkipProof(ref reader, can);
        ReadOnlySpan<byte> database = can.HasFlag(Capabilities.ConnectWithDb) ? reader.Terminated() : [];
        if (database.Length > MaxDatabase)
        {
            throw new BrokenProtocolException("The name of the database is too long.");
        }

        string plugin = can.HasFlag(Capabilities.PluginAuth) && reader.Remaining > 0 ? PluginName.Read(reader.Terminated()) : PluginName.Native;
        ReadOnlySpan<byte> attributes = can.HasFlag(Capabilities.ConnectAttributes) && reader.Remaining > 0 ? reader.String() : [];
        return new HandshakeResponse(can, maxPacket, charset, database.ToArray(), plugin, attributes.ToArray());
    }

    /// <summary>The same to a server, for a user of ours; <see cref="Capabilities"/> must be what that server can.</summary>
    /// <param name="username">UTF-8.</param>
    /// <param name="proof">At most 250 bytes.</param>
    public MySqlWriter Write(ReadOnlySpan<byte> username, ReadOnlySpan<byte> proof)
    {
        MySqlWriter writer = WriteHead(Capabilities).Terminated(username).String(proof);
        if (Capabilities.HasFlag(Capabilities.ConnectWithDb))
        {
            writer.Terminated(Database);
        }

        writer.Terminated(PluginName.Bytes(Plugin));
        if (Capabilities.HasFlag(Capabilities.ConnectAttributes))
        {
            writer.String(Attributes);
        }

        return writer;
    }

    /// <summary>The beginning alone, which asks a server for TLS ("Protocol::SSLRequest").</summary>
    public ReadOnlyMemory<byte> WriteSslRequest() => WriteHead(Capabilities | Capabilities.Ssl).Written;

    private MySqlWriter WriteHead(Capabilities can) => new MySqlWriter()
        .UInt32((uint)can)
        .UInt32(MaxPacket)
        .Byte(Charset)
        .Zeros(19)
        .UInt32((uint)((ulong)can >> 32));

    private static void SkipProof(ref MySqlReader reader, Capabilities can)
    {
        if (can.HasFlag(Capabilities.PluginAuthLenencData))
        {
            reader.String();
        }
        else if (can.HasFlag(Capabilities.SecureConnection))
        {
            reader.Raw(reader.Byte());
        }
        else
        {
            reader.Terminated();
        }
    }
}
