using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Auth;

/// <summary>
/// The publickey method (RFC 4252 §7): boolean signed, string algorithm, string key, and string signature if signed.
/// </summary>
internal readonly ref struct PublicKeyProof(string algorithm, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> signature, bool isSigned)
{
    private const int LongestName = 64;
    private const int LongestBlob = 8 * 1024;
    private const int LongestSignature = 4 * 1024;

    public string Algorithm => algorithm;

    public ReadOnlySpan<byte> Blob { get; } = blob;

    public ReadOnlySpan<byte> Signature { get; } = signature;

    public bool IsSigned => isSigned;

    public static PublicKeyProof Read(ReadOnlySpan<byte> rest)
    {
        SshReader r = new(rest);
        bool signed = r.Boolean();
        string algorithm = r.AsciiName(LongestName);
        ReadOnlySpan<byte> blob = r.String(LongestBlob);
        ReadOnlySpan<byte> signature = signed ? r.String(LongestSignature) : default;
        r.End();
        return new(algorithm, blob, signature, signed);
    }

    /// <summary>What is signed: the session identifier as a string, then the request up to the key (RFC 4252 §7).</summary>
    public static byte[] SignedData(ReadOnlyMemory<byte> sessionId, string user, string algorithm, byte[] blob) => Payload.Of((ref w) =>
    {
        w.String(sessionId.Span);
        WriteRequest(ref w, user, algorithm, blob);
    });

    public static void WriteRequest(ref SshWriter w, string user, string algorithm, ReadOnlySpan<byte> blob)
    {
        AuthRequest.Write(ref w, user, AuthNames.PublicKey);
        w.Boolean(true);
        w.String(algorithm);
        w.String(blob);
    }
}
