using System.Buffers;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>A private key in memory. Signs from any thread; <see cref="Dispose"/> zeroes it.</summary>
public sealed class SshPrivateKey : IDisposable
{
    private readonly PrivateKeyMaterial _material;
    private bool _disposed;

    internal SshPrivateKey(PrivateKeyMaterial material, string comment)
    {
        _material = material;
        Comment = comment;
        PublicKey = SshPublicKey.Parse(material.PublicBlob());
    }

    public SshPublicKey PublicKey { get; }

    /// <summary>The comment of the key's file; empty where the form has none. Outside input: escape it where it is shown.</summary>
    public string Comment { get; }

    /// <summary>What <see cref="Sign"/> takes, best first.</summary>
    public IReadOnlyList<string> SignatureAlgorithms => PublicKey.SignatureAlgorithms;

    public static SshPrivateKey GenerateEd25519(string comment = "") => new(Ed25519PrivateKey.Generate(), comment);

    /// <summary>The whole signature blob: string algorithm, string signature. The algorithm must be one of <see cref="SignatureAlgorithms"/>.</summary>
    public byte[] Sign(string signatureAlgorithm, ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!SignatureAlgorithms.Contains(signatureAlgorithm, StringComparer.Ordinal))
        {
            throw new ArgumentException($"A key of type {PublicKey.KeyType} does not sign with '{signatureAlgorithm}'.", nameof(signatureAlgorithm));
        }

        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        writer.String(signatureAlgorithm);
        writer.String(_material.Sign(signatureAlgorithm, data));
        return blob.WrittenSpan.ToArray();
    }

    public override string ToString() => $"{PublicKey.KeyType} {PublicKey.Fingerprint} ***";

    public void Dispose()
    {
        _disposed = true;
        _material.Dispose();
    }
}
