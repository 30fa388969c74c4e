using System.Globalization;
using System.Text;

namespace PamTui.Sql.Wire;

/// <summary>MySQL's OK, EOF and ERR packets.</summary>
internal static class MySqlReplies
{
    private const ushort InTransaction = 1;
    private const ushort MoreResults = 8;
    private const ushort NoBackslashEscapes = 0x200;
    private const ushort ServerShutdown = 1053;
    private const ushort ConnectionKilled = 1927;

    public readonly record struct Finish(string Tag, bool InTransaction, bool More, bool HasEscapes);

    public static Finish Ok(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet[1..]);
        ulong affected = reader.Length() ?? 0;
        reader.Length();
        ushort status = reader.UInt16Little();
        return Of(string.Create(CultureInfo.InvariantCulture, $"Query OK, {affected} {(affected == 1 ? "row" : "rows")} affected"), status, reader.UInt16Little());
    }

    public static Finish Eof(ReadOnlySpan<byte> packet, long rows)
    {
        WireReader reader = new(packet[1..]);
        ushort warnings = reader.UInt16Little();
        return Of(string.Create(CultureInfo.InvariantCulture, $"SELECT {rows}"), reader.UInt16Little(), warnings);
    }

    /// <exception cref="SqlLostException">It is the server's, or the relay's, last word.</exception>
    public static SqlReply.Failed Failed(ReadOnlySpan<byte> packet)
    {
        SqlError error = Error(packet);
        return new WireReader(packet[1..]).UInt16Little() is ServerShutdown or ConnectionKilled ? throw new SqlLostException(error.Message) : new SqlReply.Failed(error);
    }

    public static SqlError Error(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet[1..]);
        string code = reader.UInt16Little().ToString(CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> rest = reader.Rest();
        if (rest.Length >= 6 && rest[0] == '#')
        {
            code += $" ({Encoding.UTF8.GetString(rest[1..6])})";
            rest = rest[6..];
        }

        return new SqlError("ERROR", code, Encoding.UTF8.GetString(rest));
    }

    private static Finish Of(string tag, ushort status, ushort warnings) => new(
        warnings == 0 ? tag : string.Create(CultureInfo.InvariantCulture, $"{tag}, {warnings} {(warnings == 1 ? "warning" : "warnings")}"),
        (status & InTransaction) != 0,
        (status & MoreResults) != 0,
        (status & NoBackslashEscapes) == 0);
}
