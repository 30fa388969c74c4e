using System.Text;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>"ERR_Packet": a number, five letters of SQLSTATE, words.</summary>
internal static class ErrPacket
{
    public const byte Header = 0xFF;

    /// <summary>ER_ACCESS_DENIED_ERROR.</summary>
    public const ushort AccessDenied = 1045;

    /// <summary>ER_HANDSHAKE_ERROR.</summary>
    public const ushort BadHandshake = 1043;

    /// <summary>ER_UNKNOWN_COM_ERROR.</summary>
    public const ushort UnknownCommand = 1047;

    /// <summary>ER_MAX_PREPARED_STMT_COUNT_REACHED.</summary>
    public const ushort TooManyStatements = 1461;

    /// <summary>ER_CONNECTION_KILLED.</summary>
    public const ushort ConnectionKilled = 1927;

    /// <summary>ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION.</summary>
    public const ushort ReadOnly = 1792;

    /// <summary>Of MariaDB: how far a statement is, not an error.</summary>
    public const ushort ProgressReport = 0xFFFF;

    public static ReadOnlyMemory<byte> Write(ushort code, string words) => new MySqlWriter()
        .Byte(Header)
        .UInt16(code)
        .Raw(Encoding.ASCII.GetBytes("#" + StateOf(code)))
        .Raw(Encoding.UTF8.GetBytes(words))
        .Written;

    /// <summary>In place of a greeting, when a client could not yet say that it knows of SQLSTATE.</summary>
    public static ReadOnlyMemory<byte> WriteFirst(ushort code, string words) => new MySqlWriter().Byte(Header).UInt16(code).Raw(Encoding.UTF8.GetBytes(words)).Written;

    /// <summary>What a server says in one, without its SQLSTATE.</summary>
    public static string WordsOf(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> words = payload.Length < 3 ? [] : payload[3..];
        return Encoding.UTF8.GetString(words.Length >= 6 && words[0] == (byte)'#' ? words[6..] : words);
    }

    /// <summary>The number of one, or of what is as short as its first three bytes.</summary>
    public static ushort CodeOf(ReadOnlySpan<byte> payload) => payload.Length < 3 ? (ushort)0 : (ushort)(payload[1] | (payload[2] << 8));

    private static string StateOf(ushort code) => code switch
    {
        AccessDenied => "28000",
        BadHandshake or UnknownCommand => "08S01",
        ConnectionKilled => "70100",
        ReadOnly => "25006",
        1044 or 1049 => "42000",
        _ => "HY000",
    };
}
