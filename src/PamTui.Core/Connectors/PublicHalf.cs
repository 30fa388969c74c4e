using System.Security.Cryptography;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace PamTui.Core.Connectors;

/// <summary>Reads the public half out of a private key file of any form that a sign-in takes.</summary>
internal static class PublicHalf
{
    private const int MaxComment = 256;

    /// <summary>A refusal: it cannot be read, or its passphrase is another.</summary>
    public static Result<PublicKey> Of(Secret file, Secret? passphrase)
    {
        if (PrivateKeyCost.WhyTooCostly(file.Bytes) is { } tooCostly)
        {
            return Refusal.Invalid(tooCostly, "privateKey");
        }

        byte[] bytes = file.Bytes.ToArray();
        try
        {
            using MemoryStream stream = new(bytes, writable: false);
            using PrivateKeyFile key = new(stream, passphrase is { Length: > 0 } ? passphrase.RevealText() : null);
            byte[] blob = key.HostKeyAlgorithms.OfType<KeyHostAlgorithm>().First().Data;
            SeenHostKey seen = HostKeyTrust.Describe(blob);
            return new PublicKey(seen.KeyType, key.Key.KeyLength, seen.Fingerprint, Printable(key.Key.Comment), Convert.ToBase64String(blob));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the parser stumbles over in a file that is none, or that the passphrase does not open.
            return Refusal.Invalid("The private key cannot be read, or its passphrase is another.", "privateKey");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // It goes into lines of files: nothing of it may end one.
    private static string Printable(string? comment) => new([.. (comment ?? "").Where(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029')).Take(MaxComment)]);
}
