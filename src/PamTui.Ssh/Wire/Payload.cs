using System.Buffers;

namespace PamTui.Ssh.Wire;

/// <summary>Builds one payload in a buffer of its own.</summary>
internal static class Payload
{
    public delegate void Fields(ref SshWriter writer);

    public static byte[] Of(Fields fields)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        SshWriter writer = new(buffer);
        fields(ref writer);
        return buffer.WrittenSpan.ToArray();
    }
}
