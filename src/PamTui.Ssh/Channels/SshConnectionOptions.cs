namespace PamTui.Ssh.Channels;

/// <summary>Limits of the channels of one connection.</summary>
public sealed record SshConnectionOptions
{
    /// <summary>Open at a time, of either side's opening.</summary>
    public int MaxChannels { get; init; } = 64;

    /// <summary>Bytes a channel holds for a reader who is slow; the peer may send no more (RFC 4254 §5.2).</summary>
    public uint WindowSize { get; init; } = 2 * 1024 * 1024;

    /// <summary>Most data in one message.</summary>
    public uint MaxPacket { get; init; } = 32 * 1024;
}
