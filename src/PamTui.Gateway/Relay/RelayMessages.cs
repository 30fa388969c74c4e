using System.Buffers;
using System.Buffers.Binary;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>The few messages of RFC 4254 that a relay says itself.</summary>
internal static class RelayMessages
{
    private const uint AdministrativelyProhibited = 1;
    private const uint StderrType = 1;

    // What a leg of ours takes in one packet, whatever an end announces.
    private const uint MaxPacket = 128 * 1024;

    private delegate void Fields(ref SshWriter writer);

    public static byte[] KeepAlive() => Of(MessageId.GlobalRequest, (ref SshWriter w) =>
    {
        w.String("keepalive@openssh.com");
        w.Boolean(true);
    });

    public static byte[] RequestFailure() => [MessageId.RequestFailure];

    public static byte[] OpenFailure(uint recipient, string text) => Of(MessageId.ChannelOpenFailure, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.UInt32(AdministrativelyProhibited);
        w.String(text);
        w.String("");
    });

    public static byte[] ChannelFailure(uint recipient) => Of(MessageId.ChannelFailure, (ref SshWriter w) => w.UInt32(recipient));

    public static byte[] Exec(uint recipient, bool wantsReply, string command) => Of(MessageId.ChannelRequest, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.String("exec");
        w.Boolean(wantsReply);
        w.String(command);
    });

    public static byte[] Prove(string name, IReadOnlyList<SshPublicKey> keys) => Of(MessageId.GlobalRequest, (ref SshWriter w) =>
    {
        w.String(name);
        w.Boolean(true);
        foreach (SshPublicKey key in keys)
        {
            w.String(key.Blob.Span);
        }
    });

    /// <summary>No message: what a host key signs for <see cref="Prove"/>, string name, string session identifier, string key.</summary>
    public static byte[] SignedByHostKey(string name, ReadOnlySpan<byte> sessionId, SshPublicKey key)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        SshWriter writer = new(buffer);
        writer.String(name);
        writer.String(sessionId);
        writer.String(key.Blob.Span);
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] WindowAdjust(uint recipient, uint bytes) => Of(MessageId.ChannelWindowAdjust, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.UInt32(bytes);
    });

    public static byte[] Stderr(uint recipient, byte[] text) => Of(MessageId.ChannelExtendedData, (ref SshWriter w) =>
    {
        w.UInt32(recipient);
        w.UInt32(StderrType);
        w.String(text);
    });

    public static byte[] Close(uint recipient) => Of(MessageId.ChannelClose, (ref SshWriter w) => w.UInt32(recipient));

    /// <summary>An open or its confirmation, whose maximum packet size stands at <paramref name="packetAt"/>, with no more than a leg takes.</summary>
    public static ReadOnlySpan<byte> WithPacketBound(ReadOnlySpan<byte> payload, int packetAt, uint packet)
    {
        if (packet <= MaxPacket)
        {
            return payload;
        }

        byte[] bounded = payload.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bounded.AsSpan(packetAt), MaxPacket);
        return bounded;
    }

    private static byte[] Of(byte id, Fields fields)
    {
        ArrayBufferWriter<byte> buffer = new(64);
        SshWriter writer = new(buffer);
        writer.Byte(id);
        fields(ref writer);
        return buffer.WrittenSpan.ToArray();
    }
}
