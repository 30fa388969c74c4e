using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PamTui.Ssh.Keys;

/// <summary>bcrypt_pbkdf of OpenBSD: PBKDF2's shape around a bcrypt that hashes 64-byte digests, its output spread over the key.</summary>
internal static class BcryptPbkdf
{
    private const int HashSize = 32;
    private const int Digest = SHA512.HashSizeInBytes;
    private const int Expansions = 64;

    public static void Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int rounds, Span<byte> key)
    {
        Span<byte> password = stackalloc byte[Digest];
        Span<byte> salted = stackalloc byte[Digest];
        Span<byte> output = stackalloc byte[HashSize];
        Span<byte> sum = stackalloc byte[HashSize];
        byte[] counted = [.. salt, 0, 0, 0, 0];
        SHA512.HashData(passphrase, password);
        int blocks = (key.Length + HashSize - 1) / HashSize;
        int perBlock = (key.Length + blocks - 1) / blocks;
        for (int block = 0; block < blocks; block++)
        {
            BinaryPrimitives.WriteInt32BigEndian(counted.AsSpan(salt.Length), block + 1);
            SHA512.HashData(counted, salted);
            Hash(password, salted, output);
            output.CopyTo(sum);
            for (int round = 1; round < rounds; round++)
            {
                SHA512.HashData(output, salted);
                Hash(password, salted, output);
                for (int i = 0; i < HashSize; i++)
                {
                    sum[i] ^= output[i];
                }
            }

            // Byte i of a block goes to place i * blocks + block: every byte of the key needs every block.
            for (int i = 0; i < perBlock && (i * blocks) + block < key.Length; i++)
            {
                key[(i * blocks) + block] = sum[i];
            }
        }

        password.Clear();
        salted.Clear();
        output.Clear();
        sum.Clear();
    }

    private static void Hash(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> output)
    {
        Span<uint> passwordWords = stackalloc uint[Digest / 4];
        Span<uint> saltWords = stackalloc uint[Digest / 4];
        Words(password, passwordWords);
        Words(salt, saltWords);
        Blowfish cipher = new();
        cipher.Expand(passwordWords, saltWords);
        for (int i = 0; i < Expansions; i++)
        {
            cipher.Expand(saltWords);
            cipher.Expand(passwordWords);
        }

        Span<uint> text = stackalloc uint[HashSize / 4];
        Words(Encoding.ASCII.GetBytes("OxychromaticBlowfishSwatDynamite"), text);
        for (int i = 0; i < text.Length; i += 2)
        {
            for (int times = 0; times < Expansions; times++)
            {
                cipher.Encrypt(ref text[i], ref text[i + 1]);
            }
        }

        for (int i = 0; i < text.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output[(4 * i)..], text[i]);
        }

        passwordWords.Clear();
        cipher.Clear();
    }

    private static void Words(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..]);
        }
    }
}
