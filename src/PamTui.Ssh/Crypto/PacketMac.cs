using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>HMAC-SHA2 over uint32 sequence || packet (RFC 4253 §6.4, RFC 6668), in OpenSSH's encrypt-then-MAC form or the older one.</summary>
internal sealed class PacketMac : IDisposable
{
    private const int MaxLength = 64;

    private readonly IncrementalHash _hmac;

    public PacketMac(string name, ReadOnlySpan<byte> key)
    {
        Length = LengthOf(name);
        EncryptThenMac = name.EndsWith("-etm@openssh.com", StringComparison.Ordinal);
        _hmac = IncrementalHash.CreateHMAC(Length == 32 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512, key);
    }

    public int Length { get; }

    /// <summary>The MAC covers the clear length and the ciphertext, not the plaintext.</summary>
    public bool EncryptThenMac { get; }

    public static int LengthOf(string name) => name switch
    {
        "hmac-sha2-256-etm@openssh.com" or "hmac-sha2-256" => 32,
        "hmac-sha2-512-etm@openssh.com" or "hmac-sha2-512" => 64,
        _ => throw new ArgumentException($"There is no MAC '{name}'.", nameof(name)),
    };

    public void Compute(uint sequence, ReadOnlySpan<byte> packet, Span<byte> tag)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, sequence);
        _hmac.AppendData(number);
        _hmac.AppendData(packet);
        _hmac.GetHashAndReset(tag);
    }

    public bool Matches(uint sequence, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> tag)
    {
        Span<byte> computed = stackalloc byte[MaxLength];
        computed = computed[..Length];
        Compute(sequence, packet, computed);
        return CryptographicOperations.FixedTimeEquals(computed, tag);
    }

    public void Dispose() => _hmac.Dispose();
}
