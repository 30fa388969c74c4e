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
        PublicKey = material.PublicKey();
    }

    public SshPublicKey PublicKey { get; }

    /// <summary>The comment of the key's file; empty where the form has none. Outside input: escape it where it is shown.</summary>
    public string Comment { get; }

    /// <summary>What <see cref="Sign"/> takes, best first.</summary>
    public IReadOnlyList<string> SignatureAlgorithms => PublicKey.SignatureAlgorithms;

    public static SshPrivateKey GenerateEd25519(string comment = "") => new(Ed25519PrivateKey.Generate(), comment);

    /// <summary>
    /// Reads a private key file: openssh-key-v1, PKCS#1, PKCS#8 and SEC 1 PEM, PuTTY's PPK 2 and 3; clear or under <paramref name="passphrase"/>
    /// (its bytes as typed; ignored for a clear key). At most <see cref="PrivateKeyFile.MaxFile"/> bytes. Throws <see cref="SshKeyFileException"/>
    /// for every file that does not give a key; its message holds nothing of the file.
    /// </summary>
    public static SshPrivateKey Parse(ReadOnlySpan<byte> file, ReadOnlySpan<byte> passphrase = default) => PrivateKeyFile.Read(file, passphrase);

    /// <summary>The key as an unencrypted openssh-key-v1 file, for a host key's file. The caller zeroes it.</summary>
    public byte[] WriteOpenSsh()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return OpenSshKeyFile.Write(_material, PublicKey, Comment);
    }

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
