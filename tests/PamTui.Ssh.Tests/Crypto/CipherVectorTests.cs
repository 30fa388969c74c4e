using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Tests.Crypto;

/// <summary>Published vectors, and our packets against ciphers that others wrote.</summary>
public sealed class CipherVectorTests
{
    [Fact]
    public void Poly1305_gives_the_tag_of_RFC_8439()
    {
        byte[] key = Convert.FromHexString("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
        byte[] tag = new byte[16];

        Poly1305.Compute(key, "Cryptographic Forum Research Group"u8, tag);

        Assert.Equal("a8061dc1305136c6c22b8baf0c0127a9", Convert.ToHexStringLower(tag));
    }

    // RFC 8439 A.3, vectors 7 to 11: sums that wrap, the modulus itself, carries out of each word.
    [Theory]
    [InlineData("02000000000000000000000000000000", "00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "03000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "02000000000000000000000000000000", "03000000000000000000000000000000")]
    [InlineData(
        "01000000000000000000000000000000",
        "00000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
        "05000000000000000000000000000000")]
    [InlineData(
        "01000000000000000000000000000000",
        "00000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
        "00000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000", "00000000000000000000000000000000", "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff")]
    public void Poly1305_carries_at_the_edges_of_its_field(string r, string s, string data, string tag)
    {
        byte[] computed = new byte[16];

        Poly1305.Compute(Convert.FromHexString(r + s), Convert.FromHexString(data), computed);

        Assert.Equal(tag, Convert.ToHexStringLower(computed));
    }

    [Fact]
    public void Poly1305_equals_BouncyCastles_for_every_length()
    {
        for (int length = 0; length <= 300; length++)
        {
            byte[] key = RandomNumberGenerator.GetBytes(32);
            byte[] data = RandomNumberGenerator.GetBytes(length);
            Org.BouncyCastle.Crypto.Macs.Poly1305 other = new();
            other.Init(new KeyParameter(key));
            other.BlockUpdate(data, 0, data.Length);
            byte[] expected = new byte[16];
            other.DoFinal(expected, 0);
            byte[] computed = new byte[16];

            Poly1305.Compute(key, data, computed);

            Assert.Equal(expected, computed);
        }
    }

    [Fact]
    public void ChaCha20_of_zeros_is_the_published_stream()
    {
        byte[] stream = new byte[64];

        ChaCha20.Xor(new byte[32], nonce: 0, counter: 0, stream);

        Assert.Equal(
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
            Convert.ToHexStringLower(stream));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 0u)]
    [InlineData(63, 1u)]
    [InlineData(64, 1u)]
    [InlineData(511, 0u)]
    [InlineData(512, 1u)]
    [InlineData(513, 1u)]
    [InlineData(35000, 1u)]
    public void ChaCha20_equals_BouncyCastles(int length, uint counter)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] data = RandomNumberGenerator.GetBytes(length);
        byte[] nonce = [0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef];
        ChaChaEngine other = new();
        other.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] expected = new byte[length];
        byte[] skipped = new byte[64 * counter];
        other.ProcessBytes(skipped, 0, skipped.Length, skipped, 0);
        other.ProcessBytes(data, 0, length, expected, 0);

        ChaCha20.Xor(key, 0xdeadbeef, counter, data);

        Assert.Equal(expected, data);
    }

    [Fact]
    public void Managed_and_native_chacha20_poly1305_make_the_same_packets()
    {
        LibCrypto library = LibCrypto.Instance ?? throw new InvalidOperationException("libcrypto.so.3 is not here");
        byte[] key = RandomNumberGenerator.GetBytes(64);
        using NativeChaChaPolyCipher native = new(library, key);
        using ManagedChaChaPolyCipher managed = new(key);
        foreach (int length in Enumerable.Range(1, 300).Append(35000))
        {
            byte[] plain = RandomNumberGenerator.GetBytes(4 + length + 16);
            byte[] byNative = [.. plain];
            byte[] byManaged = [.. plain];
            uint sequence = (uint)(length * 77777);
            native.Seal(sequence, byNative);
            managed.Seal(sequence, byManaged);

            Assert.Equal(byNative, byManaged);
            Assert.Equal(native.ReadLength(sequence, byNative), managed.ReadLength(sequence, byManaged));
            Assert.True(managed.Open(sequence, byNative, out Span<byte> openedByManaged));
            Assert.True(native.Open(sequence, byManaged, out Span<byte> openedByNative));
            Assert.Equal(plain[4..^16], openedByManaged.ToArray());
            Assert.Equal(plain[4..^16], openedByNative.ToArray());
        }
    }

    [Fact]
    public void Native_cipher_that_was_disposed_refuses_to_work()
    {
        NativeChaChaPolyCipher native = new(LibCrypto.Instance!, new byte[64]);
        native.Dispose();
        native.Dispose();

        Assert.Throws<ObjectDisposedException>(() => native.Seal(0, new byte[64]));
    }

    // The length and the body of packet 5 by OpenSSH's PROTOCOL.chacha20poly1305, with BouncyCastle's parts.
    [Fact]
    public void Chacha20_poly1305_packet_is_the_one_OpenSSH_describes()
    {
        byte[] key = RandomNumberGenerator.GetBytes(64);
        using CipherPair pair = new(new ManagedChaChaPolyCipher(key), new ManagedChaChaPolyCipher(key));
        byte[] plain = pair.Packet(100);
        byte[] nonce = [0, 0, 0, 0, 0, 0, 0, 5];
        byte[] expected = [.. plain];
        ChaChaEngine lengths = new();
        lengths.Init(true, new ParametersWithIV(new KeyParameter(key, 32, 32), nonce));
        lengths.ProcessBytes(expected, 0, 4, expected, 0);
        ChaChaEngine main = new();
        main.Init(true, new ParametersWithIV(new KeyParameter(key, 0, 32), nonce));
        byte[] polyKey = new byte[64];
        main.ProcessBytes(polyKey, 0, 64, polyKey, 0);
        main.ProcessBytes(expected, 4, expected.Length - 20, expected, 4);
        Org.BouncyCastle.Crypto.Macs.Poly1305 poly = new();
        poly.Init(new KeyParameter(polyKey, 0, 32));
        poly.BlockUpdate(expected, 0, expected.Length - 16);
        poly.DoFinal(expected, expected.Length - 16);

        Assert.Equal(expected, pair.Sealed(5, plain));
    }

    // NIST SP 800-38A, F.5.1, F.5.3, F.5.5.
    [Theory]
    [InlineData(
        "2b7e151628aed2a6abf7158809cf4f3c",
        "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee")]
    [InlineData(
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
        "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e941e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050")]
    [InlineData(
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6")]
    public void Counter_mode_gives_the_ciphertext_of_NIST(string key, string expected)
    {
        foreach (CounterKeystream made in Both(Convert.FromHexString(key), Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")))
        {
            byte[] data = Convert.FromHexString(
                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
            using CounterKeystream stream = made;

            // In uneven pieces: the stream goes on where it was.
            stream.Xor(data.AsSpan(0, 5));
            stream.Xor([]);
            stream.Xor(data.AsSpan(5, 40));
            stream.Xor(data.AsSpan(45));

            Assert.Equal(expected, Convert.ToHexStringLower(data));
        }
    }

    [Fact]
    public void Managed_and_native_counter_mode_make_the_same_stream_in_pieces_of_any_size() =>
        Gen.Select(Gen.Int[2, 4].Select(words => 8 * words), Gen.Int[0, 9000].Array[1, 12]).Sample((size, pieces) =>
        {
            byte[] iv = RandomNumberGenerator.GetBytes(16);
            iv.AsSpan(1).Fill(0xff);
            CounterKeystream[] both = Both(RandomNumberGenerator.GetBytes(size), iv);
            using CounterKeystream native = both[0];
            using CounterKeystream managed = both[1];
            foreach (int piece in pieces)
            {
                byte[] byNative = RandomNumberGenerator.GetBytes(piece);
                byte[] byManaged = [.. byNative];
                native.Xor(byNative);
                managed.Xor(byManaged);
                Assert.Equal(byManaged, byNative);
            }
        });

    [Fact]
    public void Native_counter_mode_that_was_disposed_refuses_to_work()
    {
        NativeCounterKeystream native = new(LibCrypto.Instance!, new byte[16], new byte[16]);
        native.Dispose();
        native.Dispose();

        Assert.Throws<ObjectDisposedException>(() => native.Xor(new byte[16]));
    }

    [Fact]
    public void Counter_carries_through_all_of_its_128_bits()
    {
        byte[] key = RandomNumberGenerator.GetBytes(16);
        byte[] data = new byte[48];
        byte[] counters = [.. Convert.FromHexString("00000000000000ffffffffffffffffff"), .. Convert.FromHexString("00000000000001000000000000000000"), .. Convert.FromHexString("00000000000001000000000000000001")];
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        foreach (CounterKeystream made in Both(key, counters.AsSpan(0, 16)))
        {
            using CounterKeystream stream = made;
            data.AsSpan().Clear();

            stream.Xor(data);

            Assert.Equal(aes.EncryptEcb(counters, PaddingMode.None), data);
        }
    }

    private static CounterKeystream[] Both(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) =>
        [new NativeCounterKeystream(LibCrypto.Instance ?? throw new InvalidOperationException("libcrypto.so.3 is not here"), key, iv), new ManagedCounterKeystream(key, iv)];

    [Fact]
    public void Gcm_packet_is_RFC_5647s_with_a_counter_in_the_nonce()
    {
        byte[] seed = RandomNumberGenerator.GetBytes(256);
        seed.AsSpan(64 + 4, 8).Fill(0xff);
        using CipherPair pair = CipherPair.Make("aes256-gcm@openssh.com", "", seed);
        using AesGcm other = new(seed.AsSpan(0, 32), 16);
        byte[] nonce = seed[64..76];
        for (int i = 0; i < 2; i++)
        {
            byte[] plain = pair.Packet(30);
            byte[] expected = [.. plain];
            other.Encrypt(nonce, plain.AsSpan(4..^16), expected.AsSpan(4..^16), expected.AsSpan(^16), plain.AsSpan(0, 4));

            Assert.Equal(expected, pair.Sealed(99, plain));
            nonce.AsSpan(4).Clear();
        }
    }

    // GCM specification (McGrew and Viega), test case 14: one block of zeros under a zero key and nonce.
    [Fact]
    public void Gcm_gives_the_ciphertext_of_the_specification()
    {
        using PacketCipher cipher = PacketCipher.Create("aes256-gcm@openssh.com", "", new byte[32], new byte[12], []);
        byte[] packet = new byte[4 + 16 + 16];

        cipher.Seal(0, packet);

        // The tag is another one: here four bytes of length are authenticated too.
        Assert.Equal("cea7403d4d606b6e074ec5d3baf39d18", Convert.ToHexStringLower(packet.AsSpan(4, 16)));
    }

    [Theory]
    [InlineData("hmac-sha2-256", false)]
    [InlineData("hmac-sha2-512", false)]
    [InlineData("hmac-sha2-256-etm@openssh.com", true)]
    [InlineData("hmac-sha2-512-etm@openssh.com", true)]
    public void Ctr_packet_carries_the_HMAC_of_sequence_and_packet(string mac, bool overCiphertext)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(256);
        using CipherPair pair = CipherPair.Make("aes128-ctr", mac, seed);
        byte[] plain = pair.Packet(100);
        int tag = pair.Sender.TagLength;

        byte[] packet = pair.Sealed(0x01020304, plain);

        byte[] covered = [1, 2, 3, 4, .. (overCiphertext ? packet : plain)[..^tag]];
        byte[] key = seed[128..(128 + tag)];
        Assert.Equal(tag == 32 ? HMACSHA256.HashData(key, covered) : HMACSHA512.HashData(key, covered), packet[^tag..]);
        Assert.Equal(overCiphertext, BinaryPrimitives.ReadUInt32BigEndian(packet) == BinaryPrimitives.ReadUInt32BigEndian(plain));
    }

    // RFC 4231, test case 2's hash, reached by splitting its data into a sequence number and a packet.
    [Fact]
    public void Hmac_gives_the_tag_of_RFC_4231()
    {
        byte[] key = new byte[32];
        "Jefe"u8.CopyTo(key);
        using PacketMac mac = new("hmac-sha2-256", key);
        byte[] tag = new byte[32];

        mac.Compute(BinaryPrimitives.ReadUInt32BigEndian("what"u8), " do ya want for nothing?"u8, tag);

        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Convert.ToHexStringLower(tag));
    }
}
