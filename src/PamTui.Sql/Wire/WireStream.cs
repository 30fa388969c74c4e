namespace PamTui.Sql.Wire;

/// <summary>Reads a stream in pieces of a known length. Memory grows with what has come, never with what was announced.</summary>
internal sealed class WireStream(Stream stream)
{
    /// <summary>Of one message: a row that is longer is for a client that can keep it in a file.</summary>
    public const int MaxMessage = 64 * 1024 * 1024;

    private const int Usual = 16 * 1024;

    private byte[] _buffer = new byte[Usual];
    private int _start;
    private int _end;

    /// <summary>The next bytes, good until the next call.</summary>
    /// <exception cref="SqlLostException">They do not come, or are too many.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int count, CancellationToken ct)
    {
        if (count > MaxMessage)
        {
            throw new SqlLostException($"the database sent a row of {count / 1024 / 1024} MiB, which is too long for this prompt; use a client of yours through `ssh -L`");
        }

        while (_end - _start < count)
        {
            await MoreAsync(count, ct);
        }

        ReadOnlyMemory<byte> read = _buffer.AsMemory(_start, count);
        _start += count;
        return read;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await stream.WriteAsync(bytes, ct);
            await stream.FlushAsync(ct);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw new SqlLostException(SqlLostException.Gone);
        }
    }

    private async ValueTask MoreAsync(int count, CancellationToken ct)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (_buffer.Length > Usual && count <= Usual)
            {
                _buffer = new byte[Usual];
            }
        }
        else if (_end == _buffer.Length)
        {
            byte[] room = _start > 0 && _end - _start <= _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_start.._end).CopyTo(room);
            (_buffer, _start, _end) = (room, 0, _end - _start);
        }

        int read;
        try
        {
            read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            read = 0;
        }

        _end += read > 0 ? read : throw new SqlLostException(SqlLostException.Gone);
    }
}
