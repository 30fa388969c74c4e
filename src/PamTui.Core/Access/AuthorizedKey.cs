using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Access;

/// <summary>A line "type base64 comment" of an authorized_keys file that may stand for a user.</summary>
internal sealed record AuthorizedKey(string KeyType, string Fingerprint, string Line, string Comment)
{
    private const int MaxLine = 16 * 1024;
    private const int MaxComment = 256;

    private static readonly string[] s_types =
    [
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-rsa",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    public static Result<AuthorizedKey> Parse(string line)
    {
        string text = line.Trim(' ', '\t', '\r', '\n');
        if (text.Length > MaxLine)
        {
            return Invalid($"The public key has more than {MaxLine} characters.");
        }

        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return Invalid("This is a private key: give the public one (the file that ends in .pub).");
        }

        if (text.Any(char.IsControl))
        {
            return Invalid("The public key must be one line without control characters.");
        }

        string[] parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2)
        {
            return Invalid("A public key is a line of the form `ssh-ed25519 AAAA… comment`.");
        }

        // The declared type is checked before any byte is decoded, and again inside the blob (A14, A15). A leading option
        // ("restrict", "from=…") is no type: dropping it in silence would widen what its author meant.
        if (!s_types.Contains(parts[0], StringComparer.Ordinal))
        {
            return Invalid($"{Text.Quote(parts[0])} is not a key type that signs in: use {string.Join(", ", s_types)}; options before the type are not taken.");
        }

        string comment = parts.Length == 3 ? parts[2].Trim() : "";
        if (comment.Length > MaxComment)
        {
            return Invalid($"The comment of the public key has more than {MaxComment} characters.");
        }

        byte[] blob = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], blob, out int length))
        {
            return Invalid("The middle of the public key is not base64: it was cut or broken over lines.");
        }

        blob = blob[..length];
        if (PublicKeyBlob.WhyRefused(blob, parts[0]) is { } why)
        {
            return Invalid(why);
        }

        string fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
        string canonical = parts[0] + " " + Convert.ToBase64String(blob);
        return new AuthorizedKey(parts[0], fingerprint, comment.Length == 0 ? canonical : canonical + " " + comment, comment);
    }

    private static Refusal Invalid(string message) => Refusal.Invalid(message, "key");
}
