using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Transport;

/// <summary>
/// The receiving direction: one contiguous buffer, packets decrypted where they lie. It grows with what comes, so that an idle connection
/// holds little and a bulk transfer gets many packets a read. One caller at a time.
/// </summary>
internal sealed class PacketReader(Stream stream) : IDisposable
{
    private const int SmallBuffer = 16 * 1024;
    private const int LargeBuffer = 128 * 1024;
    private const int SmallReadsToShrink = 64;

    /// <summary>So little comes at once at the end of a transfer: the connection may be idle for long now.</summary>
    private const int TailRead = 1024;

    /// <summary>padding_length, four bytes of padding (RFC 4253 §6).</summary>
    private const int ShortestPacket = 5;
    private const int LeastPadding = 4;

    private readonly List<byte[]> _retired = [];
    private PacketCipher _cipher = PacketCipher.None();
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _length = -1;
    private int _smallReads;
    private bool _filledUp;
    private bool _lent;
    private long _bytes;

    /// <summary>Bytes that came off the stream.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Sequence number of the next packet.</summary>
    public uint Sequence { get; private set; }

    /// <summary>packet_length beyond this ends the connection before anything is allocated for it (A7).</summary>
    public int MaxPacketLength { get; set; }

    /// <summary>The next packet is under new keys.</summary>
    public void Use(PacketCipher cipher, bool resetSequence)
    {
        _cipher.Dispose();
        _cipher = cipher;
        if (resetSequence)
        {
            Sequence = 0;
        }
    }

    /// <summary>A whole packet that is already here, decrypted; valid until the next <see cref="FillAsync"/>, or as long as it is lent.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        int there = _end - _start;
        if (_length < 0)
        {
            if (there < _cipher.LengthPrefix)
            {
                return false;
            }

            _length = CheckedLength(_cipher.ReadLength(Sequence, _buffer.AsSpan(_start, there)));
        }

        int whole = PacketCipher.LengthField + _length + _cipher.TagLength;
        if (there < whole)
        {
            return false;
        }

        if (!_cipher.Open(Sequence, _buffer.AsSpan(_start, whole), out Span<byte> body))
        {
            throw new SshProtocolException("A packet was altered on its way.", DisconnectReason.MacError);
        }

        int padding = body[0];
        int size = _length - 1 - padding;
        if (padding < LeastPadding || size < 1)
        {
            throw new SshProtocolException("The padding of a packet does not fit it.");
        }

        payload = _buffer.AsMemory(_start + PacketCipher.LengthField + 1, size);
        _start += whole;
        _length = -1;
        Sequence++;
        return true;
    }

    /// <summary>Waits for more bytes. False: the peer has closed its side.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        MakeRoom();
        int count = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
        _end += count;
        // More than there was room for is waiting, or little comes for long: the buffer follows.
        _filledUp = _end == _buffer.Length;
        _smallReads = count > SmallBuffer / 4 ? 0 : count <= TailRead ? SmallReadsToShrink : _smallReads + 1;
        Volatile.Write(ref _bytes, _bytes + count);
        return count > 0;
    }

    /// <summary>The payload just read is in use: neither reading on nor the end of the connection must touch it until <see cref="Release"/>.</summary>
    public void Lend() => _lent = true;

    /// <summary>What was lent may be overwritten.</summary>
    public void Release()
    {
        _lent = false;
        foreach (byte[] buffer in _retired)
        {
            Return(buffer);
        }

        _retired.Clear();
    }

    /// <summary>A line of the version exchange, without its end.</summary>
    public async ValueTask<byte[]> ReadLineAsync(int longest, CancellationToken ct)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length > longest || (length < 0 && _end - _start > longest))
            {
                throw new SshProtocolException("The peer sends a line that is too long for a version.");
            }

            if (length >= 0)
            {
                Span<byte> line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                return line.TrimEnd((byte)'\r').ToArray();
            }

            if (!await FillAsync(ct).ConfigureAwait(false))
            {
                throw new SshConnectionException("The peer closed the connection before it sent its version.");
            }
        }
    }

    /// <summary>
    /// Gives back what it holds, but for what is lent: whoever still works with a payload would find in it what another connection reads into
    /// the same buffer. That goes with <see cref="Release"/>, or to the collector.
    /// </summary>
    public void Dispose()
    {
        _cipher.Dispose();
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (_lent)
        {
            _retired.Add(buffer);
        }
        else
        {
            Return(buffer);
        }
    }

    private int CheckedLength(uint length)
    {
        long aligned = _cipher.LengthIsOutsidePadding ? length : (long)length + PacketCipher.LengthField;
        return length < ShortestPacket || length > MaxPacketLength || aligned % _cipher.BlockSize != 0
            ? throw new SshProtocolException("A packet has an impossible length: it is altered, or this is not SSH.")
            : (int)length;
    }

    private void MakeRoom()
    {
        int there = _end - _start;
        int needed = Math.Max(there + 1, _length < 0 ? 0 : PacketCipher.LengthField + _length + _cipher.TagLength);
        bool grows = _filledUp && _buffer.Length < LargeBuffer;
        bool shrinks = there == 0 && _buffer.Length > SmallBuffer && _smallReads >= SmallReadsToShrink;
        if (grows || shrinks)
        {
            Move(Math.Max(needed, grows ? _buffer.Length * 2 : SmallBuffer));
            return;
        }

        if (_lent)
        {
            if (_end == _buffer.Length || _buffer.Length - _start < needed)
            {
                Move(Math.Max(needed, _buffer.Length));
            }

            return;
        }

        if (_buffer.Length < needed)
        {
            Move(Math.Max(needed, SmallBuffer));
            return;
        }

        if (_start > 0 && (there == 0 || _end == _buffer.Length || _buffer.Length - _start < needed))
        {
            _buffer.AsSpan(_start, there).CopyTo(_buffer);
            (_start, _end) = (0, there);
        }
    }

    private void Move(int size)
    {
        byte[] old = _buffer;
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        int there = _end - _start;
        old.AsSpan(_start, there).CopyTo(larger);
        (_buffer, _start, _end) = (larger, 0, there);
        _filledUp = false;
        if (_lent)
        {
            _retired.Add(old);
            _lent = false;
        }
        else
        {
            Return(old);
        }
    }

    /// <summary>It held what was decrypted: nobody else of the pool may see it.</summary>
    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
