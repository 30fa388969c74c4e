using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PamTui.Core.Access;

/// <summary>The inside of a public key (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH PROTOCOL.u2f), read to its last byte.</summary>
internal static class PublicKeyBlob
{
    private const int MinRsaBits = 2048;

    // A verification costs the square of this; nobody's real key is longer (A12).
    private const int MaxRsaBits = 8192;

    private const int MaxApplication = 256;

    /// <summary>Null when the blob is a sound key of the declared type; else why not.</summary>
    public static string? WhyRefused(ReadOnlySpan<byte> blob, string declaredType)
    {
        ReadOnlySpan<byte> rest = blob;
        if (!TryString(ref rest, out ReadOnlySpan<byte> inner))
        {
            return "The public key is cut short.";
        }

        if (!inner.SequenceEqual(Encoding.ASCII.GetBytes(declaredType)))
        {
            return "The public key says one type before its base64 and another inside.";
        }

        string? why = declaredType switch
        {
            "ssh-ed25519" => Ed25519(ref rest),
            "ecdsa-sha2-nistp256" => Ecdsa(ref rest, "nistp256", ECCurve.NamedCurves.nistP256, 32),
            "ecdsa-sha2-nistp384" => Ecdsa(ref rest, "nistp384", ECCurve.NamedCurves.nistP384, 48),
            "ecdsa-sha2-nistp521" => Ecdsa(ref rest, "nistp521", ECCurve.NamedCurves.nistP521, 66),
            "ssh-rsa" => Rsa(ref rest),
            "sk-ssh-ed25519@openssh.com" => Ed25519(ref rest) ?? Application(ref rest),
            "sk-ecdsa-sha2-nistp256@openssh.com" =>
                Ecdsa(ref rest, "nistp256", ECCurve.NamedCurves.nistP256, 32) ?? Application(ref rest),
            _ => "The key type is not known.",
        };
        return why ?? (rest.IsEmpty ? null : "The public key has bytes after its end.");
    }

    private static string? Ed25519(ref ReadOnlySpan<byte> rest) =>
        TryString(ref rest, out ReadOnlySpan<byte> point) && point.Length == 32 ? null : "The Ed25519 public key does not have 32 bytes.";

    private static string? Ecdsa(ref ReadOnlySpan<byte> rest, string name, ECCurve curve, int size)
    {
        if (!TryString(ref rest, out ReadOnlySpan<byte> inner) || !inner.SequenceEqual(Encoding.ASCII.GetBytes(name)))
        {
            return "The ECDSA public key names another curve than its type.";
        }

        if (!TryString(ref rest, out ReadOnlySpan<byte> point) || point.Length != 1 + (2 * size) || point[0] != 4)
        {
            return "The ECDSA public key is not an uncompressed point of its curve.";
        }

        ECPoint q = new() { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() };
        try
        {
            using ECDsa key = ECDsa.Create(new ECParameters { Curve = curve, Q = q });
            return null;
        }
        catch (CryptographicException)
        {
            return "The point of the ECDSA public key is not on its curve.";
        }
    }

    private static string? Rsa(ref ReadOnlySpan<byte> rest)
    {
        if (!TryString(ref rest, out ReadOnlySpan<byte> exponent) || !TryString(ref rest, out ReadOnlySpan<byte> modulus)
            || !IsPositive(exponent) || !IsPositive(modulus))
        {
            return "The RSA public key is cut short or not in its shortest form.";
        }

        int bits = Bits(modulus);
        if (bits is < MinRsaBits or > MaxRsaBits)
        {
            return $"The RSA key has {bits} bits: {MinRsaBits} to {MaxRsaBits} are taken.";
        }

        return exponent.Length <= 5 && Bits(exponent) is >= 2 and <= 32 && (exponent[^1] & 1) == 1 && (modulus[^1] & 1) == 1
            ? null
            : "The RSA public key has an exponent or modulus that no sound key has.";
    }

    private static string? Application(ref ReadOnlySpan<byte> rest) =>
        TryString(ref rest, out ReadOnlySpan<byte> application) && application.Length is > 0 and <= MaxApplication
            ? null
            : "The security key's application is missing or too long.";

    private static bool TryString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < sizeof(uint))
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > (uint)(rest.Length - sizeof(uint)))
        {
            return false;
        }

        value = rest.Slice(sizeof(uint), (int)length);
        rest = rest[(sizeof(uint) + (int)length)..];
        return true;
    }

    // RFC 4251 §5: an mpint has no needless leading byte, and the sign bit of a positive one is clear.
    private static bool IsPositive(ReadOnlySpan<byte> number) =>
        number.Length > 0 && (number[0] & 0x80) == 0 && (number[0] != 0 || (number.Length > 1 && (number[1] & 0x80) != 0));

    private static int Bits(ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> digits = number.TrimStart((byte)0);
        return digits.IsEmpty ? 0 : (digits.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)digits[0] << 24);
    }
}
