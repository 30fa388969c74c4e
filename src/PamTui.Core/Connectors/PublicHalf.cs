using System.Security.Cryptography;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;
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

        try
        {
            return Read(file, passphrase);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the parser stumbles over in a file that is none, or that the passphrase does not open.
            return Refusal.Invalid("The private key cannot be read, or its passphrase is another.", "privateKey");
        }
    }

    /// <summary>The same for somebody who has just given the file, and can still give another.</summary>
    public static PrivateKeyLook Look(Secret file, Secret? passphrase)
    {
        if (PrivateKeyCost.WhyTooCostly(file.Bytes) is { } tooCostly)
        {
            return new PrivateKeyLook(null, false, tooCostly);
        }

        bool isEncrypted = file.Bytes.IndexOf("-----BEGIN ENCRYPTED PRIVATE KEY-----"u8) >= 0;
        try
        {
            return new PrivateKeyLook(Read(file, passphrase), false, "");
        }
        catch (Exception e) when ((e is SshPassPhraseNullOrEmptyException || isEncrypted) && passphrase is not { Length: > 0 })
        {
            return new PrivateKeyLook(null, true, "");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new PrivateKeyLook(null, false, passphrase is { Length: > 0 }
                ? "The passphrase does not open the private key, or the file is broken."
                : "This is no private key that can be read: paste an unbroken OpenSSH, PEM or PuTTY file.");
        }
    }

    private static PublicKey Read(Secret file, Secret? passphrase)
    {
        byte[] bytes = file.Bytes.ToArray();
        try
        {
            using MemoryStream stream = new(bytes, writable: false);
            using PrivateKeyFile key = new(stream, passphrase is { Length: > 0 } ? passphrase.RevealText() : null);
            byte[] blob = key.HostKeyAlgorithms.OfType<KeyHostAlgorithm>().First().Data;
            SeenHostKey seen = HostKeyTrust.Describe(blob);
            return new PublicKey(seen.KeyType, key.Key.KeyLength, seen.Fingerprint, Printable(key.Key.Comment), Convert.ToBase64String(blob));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // It goes into lines of files: nothing of it may end one.
    private static string Printable(string? comment) => new([.. (comment ?? "").Where(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029')).Take(MaxComment)]);
}
