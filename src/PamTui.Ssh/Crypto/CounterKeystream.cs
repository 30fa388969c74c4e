namespace PamTui.Ssh.Crypto;

/// <summary>AES in counter mode (RFC 4344 §4) as a stream over packet after packet: what one leaves of a block serves the next.</summary>
internal abstract class CounterKeystream : IDisposable
{
    public const int IvLength = 16;

    /// <summary>On OpenSSL's library where there is one, else managed.</summary>
    public static CounterKeystream Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) =>
        LibCrypto.Instance is { } library ? new NativeCounterKeystream(library, key, iv) : new ManagedCounterKeystream(key, iv);

    /// <summary>Encrypts or decrypts in place.</summary>
    public abstract void Xor(Span<byte> data);

    public abstract void Dispose();
}
