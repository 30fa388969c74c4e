using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>curve25519-sha256 (RFC 8731).</summary>
internal sealed class X25519KeyExchange : KeyExchange
{
    private readonly X25519Pair _mine = new();

    public override HashAlgorithmName Hash => HashAlgorithmName.SHA256;

    public override byte[] ClientInit() => _mine.PublicKey.ToArray();

    public override byte[] ServerReply(ReadOnlySpan<byte> clientInit, out SharedSecret secret)
    {
        secret = Agree(clientInit);
        return _mine.PublicKey.ToArray();
    }

    public override SharedSecret ClientFinish(ReadOnlySpan<byte> serverReply) => Agree(serverReply);

    public override void Dispose() => _mine.Dispose();

    private SharedSecret Agree(ReadOnlySpan<byte> theirs)
    {
        byte[] agreed = new byte[X25519Pair.Size];
        _mine.Agree(theirs, agreed);
        return new SharedSecret(agreed, asString: false);
    }
}
