using System.Buffers;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>An Ed25519 seed. The public half is always computed from it, never taken from a file: a wrong one would leak the seed when signing.</summary>
internal sealed class Ed25519PrivateKey : PrivateKeyMaterial
{
    public const int SeedSize = 32;

    private readonly byte[] _seed = GC.AllocateArray<byte>(SeedSize, pinned: true);
    private readonly byte[] _public = new byte[Ed25519PublicKey.Size];

    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
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

    public override byte[] PublicBlob()
    {
        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        writer.String(KeyTypes.Ed25519);
        writer.String(_public);
        return blob.WrittenSpan.ToArray();
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[Ed25519PublicKey.SignatureSize];
        // Spans: an array in second place would be taken for a context.
        Ed25519.Sign(_seed.AsSpan(), _public.AsSpan(), data, signature);
        return signature;
    }

    public override void WriteOpenSsh(ref SshWriter writer)
    {
        writer.String(KeyTypes.Ed25519);
        writer.String(_public);
        writer.UInt32(SeedSize + Ed25519PublicKey.Size);
        writer.Raw(_seed);
        writer.Raw(_public);
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(_seed);
}
