using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Crypto;

/// <summary>K of a key exchange; takes the bytes over and zeroes them on dispose.</summary>
internal sealed class SharedSecret(byte[] bytes, bool asString) : IDisposable
{
    /// <summary>A string in the hybrid exchanges (draft-ietf-sshm-mlkem-hybrid-kex §2.4), else an mpint (RFC 4253 §8, RFC 8731 §3.1).</summary>
    public bool AsString => asString;

    /// <summary>As it goes into the exchange hash and the key derivation.</summary>
    public void WriteTo(ref SshWriter writer)
    {
        if (asString)
        {
            writer.String(bytes);
        }
        else
        {
            writer.MpInt(bytes);
        }
    }

    public bool FixedTimeEquals(SharedSecret other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    internal ReadOnlySpan<byte> Bytes => bytes;

    public override string ToString() => "***";

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
