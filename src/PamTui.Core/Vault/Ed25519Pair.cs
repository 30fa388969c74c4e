using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>An Ed25519 key pair (RFC 8032), the only place where one is made: the secret is its seed, and the public half is always computed from it.</summary>
internal sealed class Ed25519Pair : IDisposable
{
    public const int SeedBytes = 32;
    public const int PublicBytes = 32;
    public const int SignatureBytes = 64;

    private readonly byte[] _public = new byte[PublicBytes];

    private Ed25519Pair(Secret seed)
    {
        Seed = seed;
        Ed25519.GeneratePublicKey(seed.Bytes, _public);
    }

    public Secret Seed { get; }

    public ReadOnlySpan<byte> Public => _public;

    public static Ed25519Pair Generate(RandomNumberGenerator random)
    {
        byte[] seed = GC.AllocateArray<byte>(SeedBytes, pinned: true);
        try
        {
            random.GetBytes(seed);
            return new Ed25519Pair(Secret.From(seed));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Takes the seed over.</summary>
    public static Ed25519Pair From(Secret seed) => new(seed);

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[SignatureBytes];
        Ed25519.Sign(Seed.Bytes, _public.AsSpan(), data, signature);
        return signature;
    }

    public void Dispose() => Seed.Dispose();
}
