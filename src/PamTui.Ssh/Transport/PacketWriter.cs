using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Transport;

/// <summary>
/// The sending direction: packets are sealed into one buffer while the one before is on its way; a pump of its own writes them, so whoever adds
/// a packet never waits for the network and whoever flushes waits for its own bytes only. Safe for any number of callers.
/// </summary>
internal sealed class PacketWriter : IDisposable
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>What an idle connection may keep; more goes back to the pool.</summary>
    private const int KeptBuffer = 32 * 1024;
    private const int RoundsInline = 8;

    private readonly Lock _sync = new();
    private readonly Stream _stream;
    private readonly CancellationToken _lifetime;
    private readonly Action<Exception> _failed;
    private readonly byte[] _random = new byte[1024];
    private int _randomUsed;
    private PacketCipher _cipher = PacketCipher.None();
    private byte[] _filling = [];
    private int _filled;
    private byte[] _onItsWay = [];
    private byte[] _spare = [];
    private TaskCompletionSource? _fillingWritten;
    private TaskCompletionSource? _writingWritten;
    private TaskCompletionSource? _stopped;
    private bool _pumping;
    private bool _writing;
    private Exception? _failure;
    private long _bytes;

    /// <param name="stream">Where to.</param>
    /// <param name="failed">Told once when the stream fails; not called under a lock.</param>
    /// <param name="lifetime">Ends a write that hangs.</param>
    public PacketWriter(Stream stream, Action<Exception> failed, CancellationToken lifetime)
    {
        (_stream, _failed, _lifetime) = (stream, failed, lifetime);
        _randomUsed = _random.Length;
    }

    /// <summary>Bytes sealed so far, sent or about to be.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Bytes sealed and not yet handed to the stream.</summary>
    public int Waiting => Volatile.Read(ref _filled);

    /// <summary>Sequence number of the next packet.</summary>
    public uint Sequence { get; private set; }

    /// <summary>The next packet goes out under new keys.</summary>
    public void Use(PacketCipher cipher, bool resetSequence)
    {
        lock (_sync)
        {
            _cipher.Dispose();
            _cipher = cipher;
            if (resetSequence)
            {
                Sequence = 0;
            }
        }
    }

    /// <summary>Our version line, before any packet.</summary>
    public void AddRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_sync)
        {
            bytes.CopyTo(Room(bytes.Length));
        }
    }

    /// <summary>Seals one packet; <paramref name="head"/> and <paramref name="tail"/> together are its payload (RFC 4253 §6).</summary>
    public void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        lock (_sync)
        {
            int payload = head.Length + tail.Length;
            int aligned = 1 + payload + (_cipher.LengthIsOutsidePadding ? 0 : PacketCipher.LengthField);
            int padding = _cipher.BlockSize - (aligned % _cipher.BlockSize);
            if (padding < 4)
            {
                padding += _cipher.BlockSize;
            }

            int length = 1 + payload + padding;
            Span<byte> packet = Room(PacketCipher.LengthField + length + _cipher.TagLength);
            BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)length);
            packet[PacketCipher.LengthField] = (byte)padding;
            Span<byte> body = packet[(PacketCipher.LengthField + 1)..];
            head.CopyTo(body);
            tail.CopyTo(body[head.Length..]);
            Random(body.Slice(payload, padding));
            _cipher.Seal(Sequence, packet);
            Sequence++;
        }
    }

    /// <summary>Sees to it that what is added goes out, without waiting.</summary>
    public void Kick()
    {
        lock (_sync)
        {
            if (_pumping || _filled == 0 || _failure is not null)
            {
                return;
            }

            _pumping = true;
        }

        // Runs here until the stream makes it wait. It reports all its failures itself, and StoppedAsync waits for its end.
        _ = PumpAsync();
    }

    /// <summary>Ends when all that was added before is handed to the stream. Cancelling ends the wait, not the sending.</summary>
    public ValueTask FlushAsync(CancellationToken ct)
    {
        Kick();
        Task written;
        lock (_sync)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException(new SshConnectionException("The connection is lost.", inner: _failure));
            }

            if (_filled > 0)
            {
                written = (_fillingWritten ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            else if (_writing)
            {
                written = (_writingWritten ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            else
            {
                return ValueTask.CompletedTask;
            }
        }

        return new(written.WaitAsync(ct));
    }

    /// <summary>Ends all waiting, now and later.</summary>
    public void Fail(Exception cause)
    {
        lock (_sync)
        {
            _failure ??= cause;
            SshConnectionException lost = new("The connection is lost.", inner: cause);
            _fillingWritten?.TrySetException(lost);
            _writingWritten?.TrySetException(lost);
            // Who waited for it may have given up.
            _ = _fillingWritten?.Task.Exception;
            _ = _writingWritten?.Task.Exception;
        }
    }

    /// <summary>Ends when nothing is on its way any more. Never fails.</summary>
    public Task StoppedAsync()
    {
        lock (_sync)
        {
            return _pumping ? (_stopped ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _cipher.Dispose();
            Give(ref _filling);
            Give(ref _spare);
            _filled = 0;
            CryptographicOperations.ZeroMemory(_random);
        }
    }

    private async Task PumpAsync()
    {
        for (int round = 1; Next(out ReadOnlyMemory<byte> packets); round++)
        {
            try
            {
                await _stream.WriteAsync(packets, _lifetime).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever a stream throws, sending is over, and everyone who waits for it must hear so.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail(e);
                _failed(e);
            }

            Written();
            if (round == RoundsInline)
            {
                // Others add as fast as we write: the caller in whose name this runs has waited enough.
                await Task.Yield();
            }
        }
    }

    /// <summary>Takes what was added, so that more can be added meanwhile. False: nothing is left, the pump has stopped.</summary>
    private bool Next(out ReadOnlyMemory<byte> packets)
    {
        TaskCompletionSource? stopped = null;
        lock (_sync)
        {
            if (_filled > 0 && _failure is null)
            {
                packets = _filling.AsMemory(0, _filled);
                (_filling, _onItsWay, _spare) = (_spare, _filling, []);
                (_fillingWritten, _writingWritten) = (null, _fillingWritten);
                Volatile.Write(ref _filled, 0);
                _writing = true;
                return true;
            }

            packets = default;
            _pumping = false;
            (stopped, _stopped) = (_stopped, null);
            if (_filled == 0 && _filling.Length > KeptBuffer)
            {
                Give(ref _filling);
            }

            if (_spare.Length > KeptBuffer)
            {
                Give(ref _spare);
            }
        }

        stopped?.TrySetResult();
        return false;
    }

    private void Written()
    {
        TaskCompletionSource? written;
        lock (_sync)
        {
            _writing = false;
            (written, _writingWritten) = (_writingWritten, null);
            (_spare, _onItsWay) = (_onItsWay, []);
        }

        written?.TrySetResult();
    }

    private Span<byte> Room(int count)
    {
        if (_filling.Length - _filled < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(_filled + count, _filling.Length * 2)));
            _filling.AsSpan(0, _filled).CopyTo(larger);
            Give(ref _filling);
            _filling = larger;
        }

        Span<byte> room = _filling.AsSpan(_filled, count);
        Volatile.Write(ref _filled, _filled + count);
        Volatile.Write(ref _bytes, _bytes + count);
        return room;
    }

    private void Random(Span<byte> padding)
    {
        if (_random.Length - _randomUsed < padding.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _randomUsed = 0;
        }

        _random.AsSpan(_randomUsed, padding.Length).CopyTo(padding);
        _randomUsed += padding.Length;
    }

    private static void Give(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = [];
    }
}
