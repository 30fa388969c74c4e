using System.Buffers;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>The inside of a private key, by family. Signing may be called from several threads; dispose zeroes.</summary>
internal abstract class PrivateKeyMaterial : IDisposable
{
    public SshPublicKey PublicKey()
    {
        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        WritePublic(ref writer);
        return SshPublicKey.Parse(blob.WrittenSpan);
    }

    /// <summary>The string inside the signature blob.</summary>
    public abstract byte[] Sign(string algorithm, ReadOnlySpan<byte> data);

    /// <summary>Type and fields as in openssh-key-v1 (PROTOCOL.key), without comment.</summary>
    public abstract void WritePrivate(ref SshWriter writer);

    public abstract void Dispose();

    protected abstract void WritePublic(ref SshWriter writer);
}
