using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// The few functions of OpenSSL's libcrypto that the framework does not offer: the bare ChaCha20 stream, Poly1305, AES in counter mode. The framework itself loads the
/// same library. Every pointer given must live as long as the call; sizes are checked by the callers.
/// </summary>
internal sealed unsafe class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    private readonly delegate* unmanaged<nint> _cipherContextNew;
    private readonly delegate* unmanaged<nint, void> _cipherContextFree;
    private readonly delegate* unmanaged<nint, nint, nint, byte*, byte*, int> _encryptInit;
    private readonly delegate* unmanaged<nint, byte*, int*, byte*, int, int> _encryptUpdate;
    private readonly delegate* unmanaged<nint, nint> _macContextNew;
    private readonly delegate* unmanaged<nint, void> _macContextFree;
    private readonly delegate* unmanaged<nint, byte*, nuint, nint, int> _macInit;
    private readonly delegate* unmanaged<nint, byte*, nuint, int> _macUpdate;
    private readonly delegate* unmanaged<nint, byte*, nuint*, nuint, int> _macFinal;
    private readonly nint _chacha20;
    private readonly nint _poly1305;
    private readonly nint _aes128Ctr;
    private readonly nint _aes192Ctr;
    private readonly nint _aes256Ctr;

    private LibCrypto(nint library)
    {
        _cipherContextNew = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "EVP_CIPHER_CTX_new");
        _cipherContextFree = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "EVP_CIPHER_CTX_free");
        _encryptInit = (delegate* unmanaged<nint, nint, nint, byte*, byte*, int>)NativeLibrary.GetExport(library, "EVP_EncryptInit_ex");
        _encryptUpdate = (delegate* unmanaged<nint, byte*, int*, byte*, int, int>)NativeLibrary.GetExport(library, "EVP_EncryptUpdate");
        _macContextNew = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "EVP_MAC_CTX_new");
        _macContextFree = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "EVP_MAC_CTX_free");
        _macInit = (delegate* unmanaged<nint, byte*, nuint, nint, int>)NativeLibrary.GetExport(library, "EVP_MAC_init");
        _macUpdate = (delegate* unmanaged<nint, byte*, nuint, int>)NativeLibrary.GetExport(library, "EVP_MAC_update");
        _macFinal = (delegate* unmanaged<nint, byte*, nuint*, nuint, int>)NativeLibrary.GetExport(library, "EVP_MAC_final");
        _chacha20 = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "EVP_chacha20"))();
        _aes128Ctr = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "EVP_aes_128_ctr"))();
        _aes192Ctr = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "EVP_aes_192_ctr"))();
        _aes256Ctr = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "EVP_aes_256_ctr"))();
        fixed (byte* name = "POLY1305\0"u8)
        {
            _poly1305 = ((delegate* unmanaged<nint, byte*, nint, nint>)NativeLibrary.GetExport(library, "EVP_MAC_fetch"))(0, name, 0);
        }
    }

    /// <summary>Null where there is no such library, or where its policy (FIPS) forbids these algorithms.</summary>
    public static LibCrypto? Instance { get; } = TryLoad();

    public nint NewCipherContext() => NotNull(_cipherContextNew());

    public void FreeCipherContext(nint context) => _cipherContextFree(context);

    public nint NewMacContext() => NotNull(_macContextNew(_poly1305));

    public void FreeMacContext(nint context) => _macContextFree(context);

    public void SetChaChaKey(nint context, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 32);
        fixed (byte* k = key)
        {
            Succeeded(_encryptInit(context, _chacha20, 0, k, null));
        }
    }

    /// <summary>16 bytes: block counter and nonce, 64 bits each, little endian.</summary>
    public void SetChaChaStart(nint context, ReadOnlySpan<byte> counterAndNonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(counterAndNonce.Length, 16);
        fixed (byte* iv = counterAndNonce)
        {
            Succeeded(_encryptInit(context, 0, 0, null, iv));
        }
    }

    /// <summary>A key of 16, 24 or 32 bytes and the first counter block, big endian (RFC 4344 §4).</summary>
    public void SetAesCtr(nint context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(counter.Length, CounterKeystream.IvLength);
        nint cipher = key.Length switch
        {
            16 => _aes128Ctr,
            24 => _aes192Ctr,
            32 => _aes256Ctr,
            _ => throw new ArgumentException("No AES key has this length.", nameof(key)),
        };
        fixed (byte* k = key, iv = counter)
        {
            Succeeded(_encryptInit(context, cipher, 0, k, iv));
        }
    }

    /// <summary>The stream of the context's cipher over the data, in place.</summary>
    public void Xor(nint context, Span<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        int written;
        fixed (byte* d = data)
        {
            Succeeded(_encryptUpdate(context, d, &written, d, data.Length));
        }

        Succeeded(written == data.Length ? 1 : 0);
    }

    public void Poly1305Tag(nint context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> tag)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Poly1305.KeyLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, Poly1305.TagLength);
        nuint written;
        fixed (byte* k = key, d = data, t = tag)
        {
            Succeeded(_macInit(context, k, Poly1305.KeyLength, 0));
            Succeeded(_macUpdate(context, d, (nuint)data.Length));
            Succeeded(_macFinal(context, t, &written, Poly1305.TagLength));
        }

        Succeeded(written == Poly1305.TagLength ? 1 : 0);
    }

    private static LibCrypto? TryLoad()
    {
        // Lets the framework initialise the library first: it asks for no clean-up at exit, under which threads still running would crash.
        SHA256.HashData([]);
        if (!NativeLibrary.TryLoad(Library, out nint library))
        {
            return null;
        }

        try
        {
            LibCrypto loaded = new(library);
            return loaded is { _chacha20: not 0, _poly1305: not 0, _aes128Ctr: not 0, _aes192Ctr: not 0, _aes256Ctr: not 0 } ? loaded : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static nint NotNull(nint made) => made != 0 ? made : throw new InvalidOperationException("libcrypto is out of memory.");

    // Only a bug or lack of memory makes these calls fail; going on would send plaintext.
    private static void Succeeded(int result)
    {
        if (result != 1)
        {
            throw new InvalidOperationException("A call of libcrypto failed.");
        }
    }
}
