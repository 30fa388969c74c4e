using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace PamTui.Ssh.Crypto;

/// <summary>An ephemeral X25519 key pair (RFC 7748 §5), used alone and as the classical half of the hybrids.</summary>
internal sealed class X25519Pair : IDisposable
{
    public const int Size = 32;

    private readonly byte[] _private = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly byte[] _public = new byte[Size];

    public X25519Pair()
    {
        RandomNumberGenerator.Fill(_private);
        X25519.ClampPrivateKey(_private);
        X25519.GeneratePublicKey(_private, _public);
    }

    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>Refuses a value of another length, and the low-order points whose result is all zero (RFC 8731 §3).</summary>
    public void Agree(ReadOnlySpan<byte> theirs, Span<byte> agreed)
    {
        if (theirs.Length != Size)
        {
            throw new SshProtocolException($"An X25519 value has {theirs.Length} bytes instead of {Size}.", DisconnectReason.KeyExchangeFailed);
        }

        if (!X25519.CalculateAgreement(_private, theirs, agreed))
        {
            throw new SshProtocolException("An X25519 value is a point of low order.", DisconnectReason.KeyExchangeFailed);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_private);
}
