using System.Text;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>The name of a prepared statement or a portal, as the server tells them apart.</summary>
internal static class StatementName
{
    /// <summary>NAMEDATALEN - 1: the server looks no further.</summary>
    private const int MaxBytes = 63;

    /// <summary>Far more than anybody names anything.</summary>
    private const int MaxSent = 1024;

    public static string Of(ReadOnlySpan<byte> name) => name.Length <= MaxSent
        ? Encoding.Latin1.GetString(name[..Math.Min(name.Length, MaxBytes)])
        : throw new BrokenProtocolException($"a name has {name.Length} bytes");
}
