using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>An Ed25519 seed. The public half is always computed from it, never taken from a file: signing with a wrong one would leak the seed.</summary>
internal sealed class Ed25519PrivateKey : PrivateKeyMaterial
{
    public const int SeedSize = 32;

    private readonly byte[] _seed = GC.AllocateArray<byte>(SeedSize, pinned: true);
    private readonly byte[] _public = new byte[Ed25519PublicKey.Size];

    private Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        seed.CopyTo(_seed);
        Ed25519.GeneratePublicKey(_seed, _public);
    }

    public static Ed25519PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        RandomNumberGenerator.Fill(seed);
        Ed25519PrivateKey key = new(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    public static Ed25519PrivateKey FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == SeedSize ? new Ed25519PrivateKey(seed) : throw SshKeyFileException.NotAKey();

    /// <summary>string public (32), string seed and public (64).</summary>
    public static Ed25519PrivateKey ReadOpenSsh(ref SshReader reader)
    {
        ReadOnlySpan<byte> point = reader.String(Ed25519PublicKey.Size);
        ReadOnlySpan<byte> both = reader.String(SeedSize + Ed25519PublicKey.Size);
        if (both.Length != SeedSize + Ed25519PublicKey.Size)
        {
            throw SshKeyFileException.NotAKey();
        }

        Ed25519PrivateKey key = new(both[..SeedSize]);
        if (point.SequenceEqual(key._public) && both[SeedSize..].SequenceEqual(key._public))
        {
            return key;
        }

        key.Dispose();
        throw SshKeyFileException.NotAKey();
    }

    // Spans: an array in second place would be taken for a context.
    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[Ed25519PublicKey.SignatureSize];
        Ed25519.Sign(_seed.AsSpan(), _public.AsSpan(), data, signature);
        return signature;
    }

    public override void WritePrivate(ref SshWriter writer)
    {
        WritePublic(ref writer);
        writer.UInt32(SeedSize + Ed25519PublicKey.Size);
        writer.Raw(_seed);
        writer.Raw(_public);
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    protected override void WritePublic(ref SshWriter writer)
    {
        writer.String(KeyTypes.Ed25519);
        writer.String(_public);
    }
}
