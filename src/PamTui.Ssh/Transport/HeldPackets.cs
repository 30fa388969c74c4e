using System.Security.Cryptography;

namespace PamTui.Ssh.Transport;

/// <summary>
/// Payloads set aside in clear while a key exchange runs, in order: what we may not send yet, or what came before the peer saw our KEXINIT
/// and nobody has taken. Not thread safe.
/// </summary>
internal sealed class HeldPackets
{
    private readonly Queue<byte[]> _payloads = new();

    public long Bytes { get; private set; }

    public void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail = default)
    {
        byte[] payload = new byte[head.Length + tail.Length];
        head.CopyTo(payload);
        tail.CopyTo(payload.AsSpan(head.Length));
        _payloads.Enqueue(payload);
        Bytes += payload.Length;
    }

    public bool TryTake(out byte[] payload)
    {
        if (!_payloads.TryDequeue(out byte[]? next))
        {
            payload = [];
            return false;
        }

        payload = next;
        Bytes -= payload.Length;
        return true;
    }

    public void Clear()
    {
        while (TryTake(out byte[] payload))
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }
}
