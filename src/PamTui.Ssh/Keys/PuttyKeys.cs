using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace PamTui.Ssh.Keys;

/// <summary>
/// Cipher key, IV and MAC key of a PPK file. Version 3: Argon2 and HMAC-SHA-256. Version 2: SHA-1 throughout, kept because most PPK files
/// that exist are of it; it guards a file at rest, never a connection.
/// </summary>
internal sealed class PuttyKeys : IDisposable
{
    // PuTTY writes 8 MiB and about twenty passes (A12).
    private const int MaxMemoryKiB = 256 * 1024;
    private const long MaxMemoryTimesPasses = 2L * 1024 * 1024;
    private const int MaxLanes = 16;
    private const int MaxSalt = 64;

    private const int CipherKeySize = 32;
    private const int IvSize = 16;
    private const int MacKeySize = 32;

    private readonly int _version;
    private readonly bool _encrypted;
    private readonly byte[] _cipherKey;
    private readonly byte[] _iv;
    private readonly byte[] _macKey;

    private PuttyKeys(int version, bool encrypted, byte[] cipherKey, byte[] iv, byte[] macKey)
    {
        _version = version;
        _encrypted = encrypted;
        _cipherKey = cipherKey;
        _iv = iv;
        _macKey = macKey;
    }

    /// <summary>Takes the Argon2 lines of version 3 from <paramref name="lines"/>.</summary>
    public static PuttyKeys Read(PuttyLines lines, int version, bool encrypted, ReadOnlySpan<byte> passphrase)
    {
        Argon2Parameters.Builder? argon = version == 3 && encrypted ? ReadArgon2(lines) : null;
        if (encrypted && passphrase.IsEmpty)
        {
            throw SshKeyFileException.NeedsPassphrase();
        }

        byte[] typed = encrypted ? passphrase.ToArray() : [];
        try
        {
            if (version == 2)
            {
                return new PuttyKeys(2, encrypted, OldCipherKey(typed), new byte[IvSize], Sha1("putty-private-key-file-mac-key"u8, typed));
            }

            return argon is null ? new PuttyKeys(3, encrypted: false, [], [], []) : Derive(argon, typed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(typed);
        }
    }

    public void Decrypt(byte[] blob)
    {
        if (!_encrypted)
        {
            return;
        }

        if (blob.Length == 0 || blob.Length % IvSize != 0)
        {
            throw SshKeyFileException.NotAKey();
        }

        using Aes aes = Aes.Create();
        aes.SetKey(_cipherKey);
        byte[] clear = aes.DecryptCbc(blob, _iv, PaddingMode.None);
        clear.CopyTo(blob, 0);
        CryptographicOperations.ZeroMemory(clear);
    }

    /// <summary>Zeroes what it was given: the private blob is part of it.</summary>
    public byte[] Mac(byte[] covered)
    {
        byte[] mac = _version == 3 ? HMACSHA256.HashData(_macKey, covered) : OldMac(covered);
        CryptographicOperations.ZeroMemory(covered);
        return mac;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_cipherKey);
        CryptographicOperations.ZeroMemory(_macKey);
    }

    private static Argon2Parameters.Builder ReadArgon2(PuttyLines lines)
    {
        int flavour = lines.Header("Key-Derivation") switch
        {
            "Argon2d" => Argon2Parameters.Argon2d,
            "Argon2i" => Argon2Parameters.Argon2i,
            "Argon2id" => Argon2Parameters.Argon2id,
            _ => throw SshKeyFileException.Unsupported("The PuTTY key file's passphrase is protected in a way that is not known here."),
        };
        int memory = lines.Number("Argon2-Memory");
        int passes = lines.Number("Argon2-Passes");
        int lanes = lines.Number("Argon2-Parallelism");
        byte[] salt = PuttyKeyFile.Hex(lines.Header("Argon2-Salt"));
        if (passes < 1 || lanes < 1 || salt.Length is < 8 or > MaxSalt || memory < 8 * lanes)
        {
            throw SshKeyFileException.NotAKey();
        }

        if (memory > MaxMemoryKiB || lanes > MaxLanes || (long)memory * passes > MaxMemoryTimesPasses)
        {
            throw SshKeyFileException.TooCostly();
        }

        return new Argon2Parameters.Builder(flavour)
            .WithVersion(Argon2Parameters.Version13)
            .WithMemoryAsKB(memory)
            .WithIterations(passes)
            .WithParallelism(lanes)
            .WithSalt(salt);
    }

    private static PuttyKeys Derive(Argon2Parameters.Builder parameters, byte[] passphrase)
    {
        Argon2BytesGenerator generator = new();
        generator.Init(parameters.Build());
        byte[] keys = new byte[CipherKeySize + IvSize + MacKeySize];
        generator.GenerateBytes(passphrase, keys);
        PuttyKeys made = new(
            3,
            encrypted: true,
            keys[..CipherKeySize],
            keys[CipherKeySize..(CipherKeySize + IvSize)],
            keys[^MacKeySize..]);
        CryptographicOperations.ZeroMemory(keys);
        return made;
    }

    private static byte[] OldCipherKey(byte[] passphrase) =>
        [.. Sha1([0, 0, 0, 0], passphrase), .. Sha1([0, 0, 0, 1], passphrase).AsSpan(0, CipherKeySize - 20)];

    private static byte[] Sha1(ReadOnlySpan<byte> prefix, byte[] passphrase)
    {
        Sha1Digest digest = new();
        digest.BlockUpdate(prefix);
        digest.BlockUpdate(passphrase, 0, passphrase.Length);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return hash;
    }

    private byte[] OldMac(byte[] covered)
    {
        HMac hmac = new(new Sha1Digest());
        hmac.Init(new KeyParameter(_macKey));
        hmac.BlockUpdate(covered, 0, covered.Length);
        byte[] mac = new byte[hmac.GetMacSize()];
        hmac.DoFinal(mac, 0);
        return mac;
    }
}
