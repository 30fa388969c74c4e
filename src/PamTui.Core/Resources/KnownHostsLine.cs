using System.Buffers.Binary;
using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Resources;

/// <summary>A line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): a key, and the hosts that it is said of.</summary>
/// <param name="Marker">What stands before the hosts; empty: it is a key of the hosts themselves.</param>
/// <param name="Hosts">Names and patterns with commas between them, or one name that is hashed.</param>
public sealed record KnownHostsLine(int Number, string Marker, string Hosts, string KeyType, string Base64)
{
    /// <summary>How a pin from such a file says where its trust comes from.</summary>
    public const string Source = "known_hosts";

    /// <summary>A key that is never to be trusted, whatever other lines say.</summary>
    public const string Revoked = "@revoked";

    /// <summary>A CA of host certificates.</summary>
    public const string Authority = "@cert-authority";

    private const int DefaultPort = 22;

    /// <summary>"type base64".</summary>
    public string KeyLine => KeyType + " " + Base64;

    /// <summary>The hosts are names as they stand: no pattern among them, and not hashed.</summary>
    public bool IsPlain => !Hosts.AsSpan().ContainsAny("*?!|");

    /// <summary>The host is one name that is hashed.</summary>
    public bool IsHashed => Hosts.StartsWith(HashedName.Prefix, StringComparison.Ordinal);

    /// <returns>Null: a comment, or nothing. Invalid: it is no such line.</returns>
    public static Result<KnownHostsLine?> Read(string line, int number)
    {
        string[] parts = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts[0][0] == '#')
        {
            return Result.Ok<KnownHostsLine?>(null);
        }

        string marker = parts[0][0] == '@' ? parts[0] : "";
        ReadOnlySpan<string> fields = marker.Length > 0 ? parts.AsSpan(1) : parts;
        return fields.Length < 3
            ? Refusal.Invalid($"Line {number} of the known_hosts file is not `HOSTS KEYTYPE BASE64`.", "hostKey")
            : new KnownHostsLine(number, marker, fields[0], fields[1], fields[2]);
    }

    /// <summary>A host as such a file calls it.</summary>
    public static string NameOf(string host, int port) => port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}");

    /// <param name="name">As <see cref="NameOf"/> says it.</param>
    public bool Covers(string name)
    {
        if (IsHashed)
        {
            return HashedName.Read(Hosts) is { } hashed && hashed.Is(name);
        }

        bool covers = false;
        foreach (string pattern in Hosts.Split(','))
        {
            bool negated = pattern.StartsWith('!');
            if (FileSystemName.MatchesSimpleExpression(Literal(negated ? pattern[1..] : pattern), name, ignoreCase: true))
            {
                if (negated)
                {
                    return false;
                }

                covers = true;
            }
        }

        return covers;
    }

    /// <summary>"SHA256:…" of the key; null: it is no sound public key. The declared type must be the one inside the blob (A14).</summary>
    public string? Fingerprint()
    {
        byte[] blob = new byte[Base64.Length];
        if (!Convert.TryFromBase64String(Base64, blob, out int length) || length < 4 + KeyType.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> key = blob.AsSpan(0, length);
        return BinaryPrimitives.ReadUInt32BigEndian(key) == (uint)KeyType.Length && key.Slice(4, KeyType.Length).SequenceEqual(Encoding.ASCII.GetBytes(KeyType))
            ? "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=')
            : null;
    }

    // MatchesSimpleExpression takes a backslash as an escape; known_hosts has none.
    private static string Literal(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
}
