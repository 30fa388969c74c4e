using System.Buffers;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Crypto;

/// <summary>RFC 4253 §7.2: the keys of both directions from K and H.</summary>
internal static class KeyDerivation
{
    /// <summary>HASH(K || H || letter || session_id), grown by HASH(K || H || all so far). The caller zeroes what it gets.</summary>
    public static byte[] Derive(
        HashAlgorithmName hash,
        SharedSecret secret,
        ReadOnlySpan<byte> exchangeHash,
        char letter,
        ReadOnlySpan<byte> sessionId,
        int length)
    {
        if (length == 0)
        {
            return [];
        }

        ArrayBufferWriter<byte> prefix = new(1024);
        SshWriter writer = new(prefix);
        secret.WriteTo(ref writer);
        using IncrementalHash digest = IncrementalHash.CreateHash(hash);
        Span<byte> block = stackalloc byte[digest.HashLengthInBytes];
        byte[] key = new byte[length];
        for (int done = 0; done < length; done += block.Length)
        {
            digest.AppendData(prefix.WrittenSpan);
            digest.AppendData(exchangeHash);
            if (done == 0)
            {
                digest.AppendData([(byte)letter]);
                digest.AppendData(sessionId);
            }
            else
            {
                digest.AppendData(key.AsSpan(0, done));
            }

            digest.GetHashAndReset(block);
            block[..Math.Min(block.Length, length - done)].CopyTo(key.AsSpan(done));
        }

        block.Clear();
        prefix.Clear();
        return key;
    }
}
