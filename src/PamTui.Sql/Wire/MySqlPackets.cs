using System.Buffers;

namespace PamTui.Sql.Wire;

/// <summary>MySQL's packets: three bytes of length, a number, the payload; a payload of 16 MiB and more is in several.</summary>
internal sealed class MySqlPackets(Stream stream)
{
    private const int MaxPart = 0xFFFFFF;

    private readonly WireStream _wire = new(stream);
    private byte _number;

    /// <summary>Before a command: the count begins anew.</summary>
    public void Restart() => _number = 0;

    /// <summary>The next payload, good until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken ct)
    {
        ReadOnlyMemory<byte> part = await PartAsync(WireStream.MaxMessage, ct);
        if (part.Length < MaxPart)
        {
            return part;
        }

        ArrayBufferWriter<byte> whole = new();
        whole.Write(part.Span);
        do
        {
            part = await PartAsync(WireStream.MaxMessage - whole.WrittenCount, ct);
            whole.Write(part.Span);
        }
        while (part.Length == MaxPart);
        return whole.WrittenMemory;
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        for (bool more = true; more;)
        {
            int length = Math.Min(payload.Length, MaxPart);
            byte[] packet = [(byte)length, (byte)(length >> 8), (byte)(length >> 16), _number++, .. payload.Span[..length]];
            await _wire.WriteAsync(packet, ct);
            payload = payload[length..];
            more = length == MaxPart;
        }
    }

    private async Task<ReadOnlyMemory<byte>> PartAsync(int most, CancellationToken ct)
    {
        ReadOnlyMemory<byte> head = await _wire.ReadAsync(4, ct);
        int length = head.Span[0] | head.Span[1] << 8 | head.Span[2] << 16;
        _number = (byte)(head.Span[3] + 1);
        return length > most ? throw new SqlLostException("the database sent a row that is too long for this prompt; use a client of yours through `ssh -L`") : await _wire.ReadAsync(length, ct);
    }
}
