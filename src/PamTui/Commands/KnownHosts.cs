using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Commands;

/// <summary>Reads the keys of one host from a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").</summary>
internal static class KnownHosts
{
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How such a pin says where its trust comes from.</summary>
    public const string Source = "known_hosts";

    private const int DefaultPort = 22;
    private const string Hashed = "|1|";

    public static Result<GivenHostKeys> Find(string content, string host, int port, DateTimeOffset now)
    {
        List<HostKeyPin> pins = [];
        HashSet<string> revoked = new(StringComparer.Ordinal);
        List<(HostAuthority Authority, string Fingerprint)> authorities = [];
        string wanted = port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}");
        int number = 0;
        foreach (string line in content.Split('\n'))
        {
            number++;
            string[] parts = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0][0] == '#')
            {
                continue;
            }

            string marker = parts[0][0] == '@' ? parts[0] : "";
            ReadOnlySpan<string> fields = marker.Length > 0 ? parts.AsSpan(1) : parts;
            if (fields.Length < 3)
            {
                return Refusal.Invalid($"Line {number} of the known_hosts file is not `HOSTS KEYTYPE BASE64`.", "hostKey");
            }

            if (!Covers(fields[0], wanted))
            {
                continue;
            }

            if (Fingerprint(fields[1], fields[2]) is not { } fingerprint)
            {
                return Refusal.Invalid($"Line {number} of the known_hosts file holds no sound public key.", "hostKey");
            }

            switch (marker)
            {
                case "":
                    pins.Add(new HostKeyPin(fields[1], fingerprint, Source, now));
                    break;
                case "@revoked":
                    revoked.Add(fingerprint);
                    break;
                case "@cert-authority":
                    authorities.Add((new HostAuthority(fields[1] + " " + fields[2], Source), fingerprint));
                    break;
                default:
                    return Refusal.Invalid($"Line {number} of the known_hosts file has the unknown marker {Text.Quote(marker)}.", "hostKey");
            }
        }

        // A revoked key stays revoked, whatever another line says (ssh does the same).
        IReadOnlyList<HostKeyPin> kept = [.. pins.Where(pin => !revoked.Contains(pin.Fingerprint)).DistinctBy(pin => pin.Fingerprint)];
        IReadOnlyList<HostAuthority> trusted = [.. authorities.Where(pair => !revoked.Contains(pair.Fingerprint)).Select(pair => pair.Authority)];
        return kept.Count > 0 || trusted.Count > 0
            ? new GivenHostKeys(kept, trusted)
            : Refusal.Failed(
                $"The known_hosts file has {(revoked.Count > 0 ? "only revoked keys" : "no key")} for {Text.Quote(wanted)}: give --host-key SHA256:… instead.", "hostKey");
    }

    private static bool Covers(string patterns, string host)
    {
        if (patterns.StartsWith(Hashed, StringComparison.Ordinal))
        {
            return HashCovers(patterns, host);
        }

        bool covers = false;
        foreach (string pattern in patterns.Split(','))
        {
            bool negated = pattern.StartsWith('!');
            if (FileSystemName.MatchesSimpleExpression(Literal(negated ? pattern[1..] : pattern), host, ignoreCase: true))
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

    // MatchesSimpleExpression takes a backslash as an escape; known_hosts has none.
    private static string Literal(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);

    // "|1|salt|HMAC-SHA1(salt, host)": the format's own hash; it hides names, it proves nothing.
#pragma warning disable CA5350
    private static bool HashCovers(string pattern, string host)
    {
        string[] parts = pattern.Split('|');
        byte[] salt = new byte[64];
        byte[] hash = new byte[64];
        return parts.Length == 4
            && Convert.TryFromBase64String(parts[2], salt, out int saltLength)
            && Convert.TryFromBase64String(parts[3], hash, out int hashLength)
            && HMACSHA1.HashData(salt.AsSpan(0, saltLength), Encoding.UTF8.GetBytes(host.ToLowerInvariant())).AsSpan().SequenceEqual(hash.AsSpan(0, hashLength));
    }
#pragma warning restore CA5350

    // The declared type must be the one inside the blob (A14).
    private static string? Fingerprint(string keyType, string base64)
    {
        byte[] blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out int length) || length < 4 + keyType.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> key = blob.AsSpan(0, length);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(key) == (uint)keyType.Length
            && key.Slice(4, keyType.Length).SequenceEqual(Encoding.ASCII.GetBytes(keyType))
                ? "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=')
                : null;
    }
}
