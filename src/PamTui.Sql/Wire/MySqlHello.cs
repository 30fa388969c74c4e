using System.Buffers.Binary;
using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>Protocol::HandshakeV10, and the answer of a client that has no password, as the relay asks for none.</summary>
internal sealed record MySqlHello(string Product, uint Thread, uint Capabilities)
{
    // LONG_PASSWORD, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH
    private const uint Wanted = 0x1 | 0x4 | ConnectWithDb | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000;
    private const uint ConnectWithDb = 0x8;
    private const byte Utf8Mb4 = 45;

    public static MySqlHello Read(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        if (reader.Byte() != 10)
        {
            throw SqlLostException.Broken("its greeting is not of version 10.");
        }

        string version = reader.Terminated();
        uint thread = reader.UInt32Little();
        reader.Bytes(9);
        uint capabilities = reader.UInt16Little();
        reader.Bytes(3);
        capabilities |= (uint)reader.UInt16Little() << 16;

        // MariaDB hides behind the version of a MySQL that old clients know.
        bool isMaria = version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        string number = version.StartsWith("5.5.5-", StringComparison.Ordinal) && isMaria ? version[6..] : version;
        return new MySqlHello((isMaria ? "MariaDB " : "MySQL ") + number.Split('-')[0], thread, capabilities);
    }

    /// <summary>Protocol::HandshakeResponse41.</summary>
    public byte[] Answer(string? database)
    {
        byte[] head = new byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Wanted & Capabilities & ~(database is null ? ConnectWithDb : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), WireStream.MaxMessage);
        head[8] = Utf8Mb4;
        return [
            .. head, (byte)'-', 0, 0,
            .. database is null ? [] : (byte[])[.. Encoding.UTF8.GetBytes(database.Replace('\0', ' ')), 0],
            .. "mysql_native_password\0"u8];
    }
}
