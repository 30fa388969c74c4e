using System.Buffers.Binary;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>
/// A FIDO key (OpenSSH's PROTOCOL.u2f): an Ed25519 or P-256 key and the application it was made for. What it signs is
/// SHA256(application) || flags || counter || SHA256(data); flags and counter follow the signature.
/// </summary>
internal sealed class SecurityKeyPublicKey(string keyType, PublicKeyMaterial inner, byte[] applicationHash) : PublicKeyMaterial
{
    private const int MaxApplication = 256;
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;

    public override int Bits => inner.Bits;

    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [keyType];

    public static SecurityKeyPublicKey ReadEd25519(ref SshReader reader) =>
        new(KeyTypes.SecurityKeyEd25519, Ed25519PublicKey.Read(ref reader), ReadApplication(ref reader));

    public static SecurityKeyPublicKey ReadEcdsa(ref SshReader reader) =>
        new(KeyTypes.SecurityKeyEcdsa, EcdsaPublicKey.Read(ref reader, EcdsaCurve.P256), ReadApplication(ref reader));

    public override bool Verify(string algorithm, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> tail, ReadOnlySpan<byte> data)
    {
        SshReader reader = new(tail);
        byte flags = reader.Byte();
        uint counter = reader.UInt32();
        reader.End();

        // Without a touch, malware on the user's machine signs alone (B20).
        if ((flags & UserPresent) == 0)
        {
            return false;
        }

        Span<byte> message = stackalloc byte[SHA256.HashSizeInBytes + 1 + sizeof(uint) + SHA256.HashSizeInBytes];
        applicationHash.CopyTo(message);
        message[SHA256.HashSizeInBytes] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(message[(SHA256.HashSizeInBytes + 1)..], counter);
        SHA256.HashData(data, message[^SHA256.HashSizeInBytes..]);
        return inner.Verify(algorithm, signature, tail: default, message);
    }

    /// <summary>The flags are signed: what they say holds once <see cref="Verify"/> does.</summary>
    public static bool SaysUserVerified(ReadOnlySpan<byte> tail) => !tail.IsEmpty && (tail[0] & UserVerified) != 0;

    private static byte[] ReadApplication(ref SshReader reader)
    {
        ReadOnlySpan<byte> application = reader.String(MaxApplication);
        return application.IsEmpty
            ? throw new SshProtocolException("A security key names no application.")
            : SHA256.HashData(application);
    }
}
