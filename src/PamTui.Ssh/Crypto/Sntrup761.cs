using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// Streamlined NTRU Prime 761 (NTRU Prime, round 3; the KEM of draft-ietf-sshm-ntruprime-ssh). Ours, because the managed one at hand computes
/// coefficient by coefficient and cost a gateway more than all else of a sign-in; tests hold the two equal. Lengths are checked by the caller.
/// </summary>
internal sealed class Sntrup761 : Kem
{
    private const int Size = NtruPrimeRing.Size;
    private const int HashSize = 32;

    // The first byte of everything hashed says what for.
    private const byte ForSession = 1;
    private const byte ForConfirmation = 2;
    private const byte ForInput = 3;
    private const byte ForKey = 4;

    private readonly int[] _f = new int[Size];
    private readonly int[] _gInverse = new int[Size];
    private readonly byte[] _rejection = new byte[NtruPrimeCoding.SmallSize];
    private byte[]? _publicKey;

    public override int PublicKeySize => NtruPrimeCoding.PolynomialSize;

    public override int CiphertextSize => NtruPrimeCoding.RoundedSize + HashSize;

    public override byte[] GenerateKey()
    {
        Span<int> g = stackalloc int[Size];
        do
        {
            NtruPrimeRandom.Small(g);
        }
        while (!NtruPrimeInverse.Try3(g, _gInverse));

        NtruPrimeRandom.Short(_f);
        Span<int> h = stackalloc int[Size];
        NtruPrimeInverse.ThreefoldQ(_f, h);
        NtruPrimeRing.MultiplyQ(h, g, h);
        _publicKey = new byte[PublicKeySize];
        NtruPrimeCoding.Encode(h, _publicKey);
        RandomNumberGenerator.Fill(_rejection);
        g.Clear();
        return [.. _publicKey];
    }

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        Span<int> r = stackalloc int[Size];
        Span<byte> input = stackalloc byte[NtruPrimeCoding.SmallSize];
        NtruPrimeRandom.Short(r);
        NtruPrimeCoding.EncodeSmall(r, input);
        Hide(r, input, publicKey, ciphertext);
        Session(ForSession, input, ciphertext, secret);
        r.Clear();
        CryptographicOperations.ZeroMemory(input);
    }

    public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        byte[] publicKey = _publicKey ?? throw new InvalidOperationException("No key was made.");
        Span<int> r = stackalloc int[Size];
        Decrypt(ciphertext, r);
        Span<byte> input = stackalloc byte[NtruPrimeCoding.SmallSize];
        NtruPrimeCoding.EncodeSmall(r, input);
        Span<byte> again = stackalloc byte[CiphertextSize];
        Hide(r, input, publicKey, again);

        // A ciphertext that is not what this input gives has a secret of its own, which nobody else can know.
        bool isOurs = CryptographicOperations.FixedTimeEquals(again, ciphertext);
        byte rejected = (byte)((isOurs ? 1 : 0) - 1);
        for (int i = 0; i < input.Length; i++)
        {
            input[i] ^= (byte)(rejected & (input[i] ^ _rejection[i]));
        }

        Session((byte)(ForSession & ~rejected), input, ciphertext, secret);
        r.Clear();
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(again);
    }

    public override void Dispose()
    {
        Array.Clear(_f);
        Array.Clear(_gInverse);
        CryptographicOperations.ZeroMemory(_rejection);
    }

    /// <summary>r of a ciphertext; where the result has not the right weight, a fixed r of it.</summary>
    private void Decrypt(ReadOnlySpan<byte> ciphertext, Span<int> r)
    {
        Span<int> e = stackalloc int[Size];
        NtruPrimeCoding.DecodeRounded(ciphertext[..NtruPrimeCoding.RoundedSize], e);
        NtruPrimeRing.MultiplyQ(e, _f, e);
        foreach (ref int coefficient in e)
        {
            coefficient = NtruPrimeRing.Freeze3(NtruPrimeRing.FreezeQ(3 * coefficient));
        }

        NtruPrimeRing.Multiply3(e, _gInverse, r);
        int weight = 0;
        foreach (int coefficient in r)
        {
            weight += coefficient & 1;
        }

        int off = weight - NtruPrimeRandom.Weight;
        int wrong = (off | -off) >> 31;
        for (int i = 0; i < Size; i++)
        {
            int replacement = i < NtruPrimeRandom.Weight ? 1 : 0;
            r[i] ^= wrong & (r[i] ^ replacement);
        }

        e.Clear();
    }

    /// <summary>The ciphertext of r under a public key, and the hash that confirms r.</summary>
    private static void Hide(ReadOnlySpan<int> r, ReadOnlySpan<byte> input, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext)
    {
        Span<int> c = stackalloc int[Size];
        NtruPrimeCoding.Decode(publicKey, c);
        NtruPrimeRing.MultiplyQ(c, r, c);
        foreach (ref int coefficient in c)
        {
            coefficient -= NtruPrimeRing.Freeze3(coefficient);
        }

        NtruPrimeCoding.EncodeRounded(c, ciphertext[..NtruPrimeCoding.RoundedSize]);
        Span<byte> hashes = stackalloc byte[2 * HashSize];
        Hash(ForInput, input, default, hashes[..HashSize]);
        Hash(ForKey, publicKey, default, hashes[HashSize..]);
        Hash(ForConfirmation, hashes, default, ciphertext[NtruPrimeCoding.RoundedSize..]);
        CryptographicOperations.ZeroMemory(hashes);
    }

    private static void Session(byte purpose, ReadOnlySpan<byte> input, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> hash = stackalloc byte[HashSize];
        Hash(ForInput, input, default, hash);
        Hash(purpose, hash, ciphertext, secret);
        CryptographicOperations.ZeroMemory(hash);
    }

    /// <summary>The first half of SHA-512.</summary>
    private static void Hash(byte purpose, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, Span<byte> half)
    {
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        Span<byte> whole = stackalloc byte[SHA512.HashSizeInBytes];
        sha.AppendData([purpose]);
        sha.AppendData(head);
        sha.AppendData(tail);
        sha.GetHashAndReset(whole);
        whole[..HashSize].CopyTo(half);
        CryptographicOperations.ZeroMemory(whole);
    }
}
