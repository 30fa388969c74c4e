namespace PamTui.Ssh.Keys;

/// <summary>The inside of a public key, by family: how a signature of it is checked.</summary>
internal abstract class PublicKeyMaterial
{
    public abstract int Bits { get; }

    /// <summary>Signature algorithms this key may use, best first (RFC 8332 for RSA: never SHA-1).</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>
    /// <paramref name="signature"/> is the string inside the signature blob, <paramref name="tail"/> what follows that string
    /// (only security keys have something there). False for anything but a good signature.
    /// </summary>
    public abstract bool Verify(string algorithm, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> tail, ReadOnlySpan<byte> data);
}
