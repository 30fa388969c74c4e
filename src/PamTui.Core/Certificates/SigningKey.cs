using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Core.Model;

namespace PamTui.Core.Certificates;

/// <summary>An Ed25519 key pair (RFC 8032): the secret is its seed. The public half is always computed from it.</summary>
internal sealed class SigningKey : IDisposable
{
    public const string KeyType = "ssh-ed25519";
    public const int SeedBytes = 32;
    public const int PublicBytes = 32;

    private readonly byte[] _public = new byte[PublicBytes];

    private SigningKey(Secret seed)
    {
        Seed = seed;
        Ed25519.GeneratePublicKey(seed.Bytes, _public);
    }

    public Secret Seed { get; }

    public ReadOnlySpan<byte> Public => _public;

    public static SigningKey Generate(RandomNumberGenerator random)
    {
        byte[] seed = GC.AllocateArray<byte>(SeedBytes, pinned: true);
        random.GetBytes(seed);
        SigningKey key = new(Secret.From(seed));
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>Takes the seed over.</summary>
    public static SigningKey From(Secret seed) => new(seed);

    /// <summary>The public key as SSH sends it (RFC 8709 §4).</summary>
    public byte[] PublicBlob() => new WireWriter().String(KeyType).String(_public).Written.ToArray();

    /// <summary>The 32 bytes inside such a blob; null when it is anything else.</summary>
    public static byte[]? ReadPublicBlob(ReadOnlySpan<byte> blob)
    {
        byte[] head = new WireWriter().String(KeyType).UInt32(PublicBytes).Written.ToArray();
        return blob.Length == head.Length + PublicBytes && blob.StartsWith(head) ? blob[head.Length..].ToArray() : null;
    }

    /// <summary>"SHA256:…", as OpenSSH prints it.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> blob) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    /// <summary>The whole signature blob: string algorithm, string signature (RFC 8709 §6).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(Seed.Bytes, _public.AsSpan(), data, signature);
        return new WireWriter().String(KeyType).String(signature).Written.ToArray();
    }

    public void Dispose() => Seed.Dispose();
}
