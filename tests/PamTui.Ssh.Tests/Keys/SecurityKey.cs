using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Keys;

/// <summary>A FIDO authenticator in software (OpenSSH's PROTOCOL.u2f), which says of its user what a test wants it to.</summary>
internal sealed class SecurityKey : IDisposable
{
    private const string Application = "ssh:";

    private readonly SshPrivateKey _inner;
    private uint _counter;

    private SecurityKey(SshPrivateKey inner, SshPublicKey publicKey) => (_inner, PublicKey) = (inner, publicKey);

    public SshPublicKey PublicKey { get; }

    /// <param name="type">sk-ssh-ed25519@openssh.com or sk-ecdsa-sha2-nistp256@openssh.com.</param>
    public static SecurityKey Make(string type)
    {
        SshPrivateKey inner = type == KeyTypes.SecurityKeyEd25519 ? SshPrivateKey.GenerateEd25519() : Ecdsa();
        SshReader fields = new(inner.PublicKey.Blob.Span);
        fields.String(64);
        byte[] rest = fields.Rest().ToArray();
        byte[] blob = Payload.Of((ref w) =>
        {
            w.String(type);
            w.Raw(rest);
            w.String(Application);
        });
        return new(inner, SshPublicKey.Parse(blob));
    }

    /// <summary>The whole signature blob. <paramref name="flags"/>: 1 the user is present, 4 and verified.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, byte flags)
    {
        byte[] tail = [flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(tail.AsSpan(1), ++_counter);
        byte[] message = [.. SHA256.HashData(Encoding.ASCII.GetBytes(Application)), .. tail, .. SHA256.HashData(data)];
        SshReader made = new(_inner.Sign(_inner.SignatureAlgorithms[0], message));
        made.String(64);
        byte[] signature = made.String(256).ToArray();
        return Payload.Of((ref w) =>
        {
            w.String(PublicKey.KeyType);
            w.String(signature);
            w.Raw(tail);
        });
    }

    public void Dispose() => _inner.Dispose();

    private static SshPrivateKey Ecdsa()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SshPrivateKey.Parse(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }
}
