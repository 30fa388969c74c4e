using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Core.Certificates;

/// <summary>An Ed25519 key pair as SSH writes its public half and its signatures.</summary>
internal sealed class SigningKey : IDisposable
{
    public const string KeyType = "ssh-ed25519";
    public const int SeedBytes = Ed25519Pair.SeedBytes;
    public const int PublicBytes = Ed25519Pair.PublicBytes;

    private readonly Ed25519Pair _pair;

    private SigningKey(Ed25519Pair pair) => _pair = pair;

    public Secret Seed => _pair.Seed;

    public ReadOnlySpan<byte> Public => _pair.Public;

    public static SigningKey Generate(RandomNumberGenerator random) => new(Ed25519Pair.Generate(random));

    /// <summary>Takes the seed over.</summary>
    public static SigningKey From(Secret seed) => new(Ed25519Pair.From(seed));

    /// <summary>The public key as SSH sends it (RFC 8709 §4).</summary>
    public byte[] PublicBlob() => new WireWriter().String(KeyType).String(Public).Written.ToArray();

    /// <summary>The 32 bytes inside such a blob; null when it is anything else.</summary>
    public static byte[]? ReadPublicBlob(ReadOnlySpan<byte> blob)
    {
        byte[] head = new WireWriter().String(KeyType).UInt32(PublicBytes).Written.ToArray();
        return blob.Length == head.Length + PublicBytes && blob.StartsWith(head) ? blob[head.Length..].ToArray() : null;
    }

    /// <summary>"SHA256:…", as OpenSSH prints it.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> blob) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    /// <summary>The whole signature blob: string algorithm, string signature (RFC 8709 §6).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => new WireWriter().String(KeyType).String(_pair.Sign(data)).Written.ToArray();

    public void Dispose() => _pair.Dispose();
}
