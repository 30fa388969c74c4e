namespace PamTui.Ssh.Transport;

/// <summary>
/// What went under the current keys, and for how long: when new ones are due (RFC 4253 §9).
/// <see cref="IsOver"/> may be asked from anywhere: what it reads changes rarely, and a stale answer is a packet late.
/// </summary>
internal sealed class KeyAge(PacketReader reader, PacketWriter writer, SshOptions options)
{
    /// <summary>RFC 4344 §3.1 and the counter of AES-GCM: long before 2^32 packets of the smallest size.</summary>
    private const long MostBytes = 1L << 36;

    private readonly long _bytes = Math.Clamp(options.RekeyBytes, 1, MostBytes);
    private long _sentBefore;
    private long _receivedBefore;
    private long _since;

    public bool IsOver =>
        writer.Bytes - Volatile.Read(ref _sentBefore) >= _bytes
        || reader.Bytes - Volatile.Read(ref _receivedBefore) >= _bytes
        || options.Time.GetElapsedTime(Volatile.Read(ref _since)) >= options.RekeyInterval;

    public void NewKeysSent()
    {
        Volatile.Write(ref _since, options.Time.GetTimestamp());
        Volatile.Write(ref _sentBefore, writer.Bytes);
    }

    public void NewKeysReceived() => Volatile.Write(ref _receivedBefore, reader.Bytes);
}
