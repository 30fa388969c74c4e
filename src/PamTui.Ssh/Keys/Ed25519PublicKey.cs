using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>RFC 8709 §4: string key (32 bytes).</summary>
internal sealed class Ed25519PublicKey(byte[] point) : PublicKeyMaterial
{
    public const int Size = 32;
    public const int SignatureSize = 64;

    public override int Bits => 256;

    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [KeyTypes.Ed25519];

    public static Ed25519PublicKey Read(ref SshReader reader)
    {
        ReadOnlySpan<byte> point = reader.String(Size);
        return point.Length == Size
            ? new Ed25519PublicKey(point.ToArray())
            : throw new SshProtocolException($"An Ed25519 public key has {point.Length} bytes instead of {Size}.");
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> tail, ReadOnlySpan<byte> data) =>
        tail.IsEmpty && signature.Length == SignatureSize && Ed25519.Verify(signature, point, data);
}
