using System.Security.Cryptography;
using System.Text;

namespace PamTui.Core.Resources;

/// <summary>"|1|salt|HMAC-SHA1(salt, host)" of a known_hosts file: the format's own hash; it hides names, it proves nothing.</summary>
internal sealed class HashedName
{
    public const string Prefix = "|1|";
    public const int HashLength = 20;

    // More than any that is written; longer ones are none.
    private const int MaxSalt = 64;

    private HashedName(byte[] salt, byte[] hash) => (Salt, Hash) = (salt, hash);

    public byte[] Salt { get; }

    public byte[] Hash { get; }

    /// <summary>The bytes that are hashed of a name.</summary>
    public static byte[] BytesOf(string name) => Encoding.UTF8.GetBytes(name.ToLowerInvariant());

    /// <summary>Null: it is no such name.</summary>
    public static HashedName? Read(string text)
    {
        string[] parts = text.Split('|');
        byte[] salt = new byte[MaxSalt];
        byte[] hash = new byte[HashLength];
        return parts.Length == 4
            && Convert.TryFromBase64String(parts[2], salt, out int saltLength)
            && Convert.TryFromBase64String(parts[3], hash, out int hashLength)
            && hashLength == HashLength
            ? new HashedName(salt[..saltLength], hash)
            : null;
    }

    public bool Is(string name)
    {
        Span<byte> hash = stackalloc byte[HashLength];
#pragma warning disable CA5350
        HMACSHA1.HashData(Salt, BytesOf(name), hash);
#pragma warning restore CA5350
        return hash.SequenceEqual(Hash);
    }
}
