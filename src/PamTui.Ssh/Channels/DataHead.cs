using System.Buffers.Binary;

namespace PamTui.Ssh.Channels;

/// <summary>CHANNEL_DATA, or CHANNEL_EXTENDED_DATA of stderr, up to the data itself (RFC 4254 §5.2).</summary>
internal static class DataHead
{
    public const int Longest = 13;
    public const uint StderrType = 1;

    private const int OfData = 9;

    /// <summary>The part of <paramref name="head"/> that was needed.</summary>
    public static ReadOnlySpan<byte> Write(Span<byte> head, uint recipient, bool stderr, int length)
    {
        head[0] = stderr ? MessageId.ChannelExtendedData : MessageId.ChannelData;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], recipient);
        if (!stderr)
        {
            BinaryPrimitives.WriteUInt32BigEndian(head[5..], (uint)length);
            return head[..OfData];
        }

        BinaryPrimitives.WriteUInt32BigEndian(head[5..], StderrType);
        BinaryPrimitives.WriteUInt32BigEndian(head[9..], (uint)length);
        return head[..Longest];
    }
}
