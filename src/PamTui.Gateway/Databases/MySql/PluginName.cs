using System.Text;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>The ways to sign in that either end may name.</summary>
internal static class PluginName
{
    public const string Native = "mysql_native_password";
    public const string CachingSha2 = "caching_sha2_password";
    public const string Ed25519 = "client_ed25519";

    private const int MaxLength = 64;

    public static string Read(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name[..Math.Min(name.Length, MaxLength)]);

    public static byte[] Bytes(string name) => Encoding.Latin1.GetBytes(name);
}
