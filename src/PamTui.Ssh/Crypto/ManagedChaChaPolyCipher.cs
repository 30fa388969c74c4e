using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>The cipher without a native library.</summary>
internal sealed class ManagedChaChaPolyCipher : ChaChaPolyCipher
{
    private readonly byte[] _key = GC.AllocateArray<byte>(KeyLength, pinned: true);
    private readonly byte[] _polyKey = GC.AllocateArray<byte>(ChaCha20.BlockLength, pinned: true);
    private uint _sequence;

    public ManagedChaChaPolyCipher(ReadOnlySpan<byte> key) => key.CopyTo(_key);

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_polyKey);
    }

    protected override void CryptLength(uint sequence, Span<byte> length) => ChaCha20.Xor(_key.AsSpan(HalfKey), sequence, counter: 0, length);

    protected override void Start(uint sequence)
    {
        _sequence = sequence;
        _polyKey.AsSpan().Clear();
        ChaCha20.Xor(_key.AsSpan(0, HalfKey), sequence, counter: 0, _polyKey);
    }

    protected override void CryptBody(Span<byte> body) => ChaCha20.Xor(_key.AsSpan(0, HalfKey), _sequence, counter: 1, body);

    protected override void Authenticate(ReadOnlySpan<byte> covered, Span<byte> tag) =>
        Poly1305.Compute(_polyKey.AsSpan(0, Poly1305.KeyLength), covered, tag);
}
