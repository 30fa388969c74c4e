using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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

    /// <summary>Room for a batch that grows is not asked for beyond this; a single batch may still be larger.</summary>
    private const int LargestGuess = 256 * 1024;
    private const int RoundsInline = 8;

    /// <summary>So much may wait for a write that is on its way before whoever adds more waits too.</summary>
    private const int EnoughWaiting = 64 * 1024;

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
    private int _lastBatch;
    private TaskCompletionSource? _fillingWritten;
    private TaskCompletionSource? _writingWritten;
    private ReusableSignal? _signal;
    private ReusableSignal? _fillingSignal;
    private ReusableSignal? _writingSignal;
    private TaskCompletionSource? _stopped;
    private readonly Action _writeCameTrue;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private ReadOnlyMemory<byte> _packets;
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
        _writeCameTrue = WriteCameTrue;
    }

    /// <summary>
    /// The one lock of the sending direction: the order of packets is the order in which it is taken. Whoever decides what goes out next holds
    /// it around <see cref="Add"/>; nobody holds it while the stream is written.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Whoever waits for a flush goes on on the thread on which the stream took the bytes.</summary>
    public bool RunsInline { get; set; }

    /// <summary>Bytes sealed so far, sent or about to be.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Bytes sealed and not yet handed to the stream.</summary>
    public int Waiting => Volatile.Read(ref _filled);

    /// <summary>Sequence number of the next packet.</summary>
    public uint Sequence { get; private set; }

    /// <summary>The next packet goes out under new keys.</summary>
    public void Use(PacketCipher cipher, bool resetSequence)
    {
        lock (Gate)
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
        lock (Gate)
        {
            bytes.CopyTo(Room(bytes.Length));
        }
    }

    /// <summary>Seals one packet; <paramref name="head"/> and <paramref name="tail"/> together are its payload (RFC 4253 §6).</summary>
    public void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        lock (Gate)
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
        lock (Gate)
        {
            if (_pumping || _filled == 0 || _failure is not null)
            {
                return;
            }

            _pumping = true;
        }

        // It reports all its failures itself, and StoppedAsync waits for its end.
        Pump();
    }

    /// <summary>
    /// Sees to it that what was added goes out, and waits only where the stream takes too little: many who add small packets at once are written
    /// together, and none of them has to be woken. A failure is the next caller's to hear of. Cancelling ends the wait, not the sending.
    /// </summary>
    public ValueTask PaceAsync(CancellationToken ct)
    {
        Kick();
        return Waiting > EnoughWaiting ? FlushAsync(ct) : ValueTask.CompletedTask;
    }

    /// <summary>Ends when all that was added before is handed to the stream. Cancelling ends the wait, not the sending.</summary>
    public ValueTask FlushAsync(CancellationToken ct)
    {
        Kick();
        ReusableSignal armed;
        lock (Gate)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException(new SshConnectionException("The connection is lost.", inner: _failure));
            }

            if (_filled == 0 && !_writing)
            {
                return ValueTask.CompletedTask;
            }

            ref ReusableSignal? signal = ref _filled > 0 ? ref _fillingSignal : ref _writingSignal;
            if (signal is null && _signal is null or { IsFree: true } or { IsAbandoned: true })
            {
                // The usual case: one at a time waits for this connection.
                armed = signal = _signal is null or { IsAbandoned: true } ? _signal = new() : _signal;
                armed.Arm(RunsInline);
            }
            else
            {
                ref TaskCompletionSource? written = ref _filled > 0 ? ref _fillingWritten : ref _writingWritten;
                return new((written ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(ct));
            }
        }

        return armed.WaitAsync(ct);
    }

    /// <summary>Ends all waiting, now and later.</summary>
    public void Fail(Exception cause)
    {
        SshConnectionException lost = new("The connection is lost.", inner: cause);
        ReusableSignal? filling;
        ReusableSignal? writing;
        lock (Gate)
        {
            _failure ??= cause;
            _fillingWritten?.TrySetException(lost);
            _writingWritten?.TrySetException(lost);
            // Who waited for it may have given up.
            _ = _fillingWritten?.Task.Exception;
            _ = _writingWritten?.Task.Exception;
            (filling, writing) = (_fillingSignal, _writingSignal);
            (_fillingSignal, _writingSignal) = (null, null);
        }

        filling?.Fail(lost);
        writing?.Fail(lost);
    }

    /// <summary>Ends when nothing is on its way any more. Never fails.</summary>
    public Task StoppedAsync()
    {
        lock (Gate)
        {
            return _pumping ? (_stopped ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _cipher.Dispose();
            Give(ref _filling);
            Give(ref _spare);
            _filled = 0;
            CryptographicOperations.ZeroMemory(_random);
        }
    }

    /// <summary>Runs in the name of whoever kicked it until the stream makes it wait; then in the stream's, so that waiting allocates nothing.</summary>
    private void Pump()
    {
        for (int round = 1; Next(out ReadOnlyMemory<byte> packets); round++)
        {
            if (round > RoundsInline)
            {
                // Others add as fast as we write: the caller in whose name this runs has waited enough.
                _packets = packets;
                ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.GoOnElsewhere(), this, preferLocal: false);
                return;
            }

            if (!Write(packets))
            {
                return;
            }
        }
    }

    private void GoOnElsewhere()
    {
        if (Write(_packets))
        {
            Pump();
        }
    }

    /// <summary>False: it goes on in <see cref="WriteCameTrue"/>.</summary>
    private bool Write(ReadOnlyMemory<byte> packets)
    {
        try
        {
#pragma warning disable CA2012 // Its result is taken once: here, or in WriteCameTrue.
            ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter write = _stream.WriteAsync(packets, _lifetime).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
            if (!write.IsCompleted)
            {
                _write = write;
                write.UnsafeOnCompleted(_writeCameTrue);
                return false;
            }

            write.GetResult();
        }
#pragma warning disable CA1031 // Whatever a stream throws, sending is over, and everyone who waits for it must hear so.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            _failed(e);
        }

        Written();
        return true;
    }

    private void WriteCameTrue()
    {
        try
        {
            _write.GetResult();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            _failed(e);
        }

        Written();
        Pump();
    }

    /// <summary>Takes what was added, so that more can be added meanwhile. False: nothing is left, the pump has stopped.</summary>
    private bool Next(out ReadOnlyMemory<byte> packets)
    {
        TaskCompletionSource? stopped = null;
        lock (Gate)
        {
            if (_filled > 0 && _failure is null)
            {
                packets = _filling.AsMemory(0, _filled);
                (_filling, _onItsWay, _spare) = (_spare, _filling, []);
                (_fillingWritten, _writingWritten) = (null, _fillingWritten);
                (_fillingSignal, _writingSignal) = (null, _fillingSignal);
                _lastBatch = _filled;
                Volatile.Write(ref _filled, 0);
                _writing = true;
                return true;
            }

            packets = default;
            _pumping = false;
            (stopped, _stopped) = (_stopped, null);
            // An idle connection keeps nothing; taking a buffer from the pool again costs next to nothing.
            Give(ref _spare);
            if (_filled == 0)
            {
                Give(ref _filling);
            }
        }

        stopped?.TrySetResult();
        return false;
    }

    private void Written()
    {
        TaskCompletionSource? written;
        ReusableSignal? signal;
        lock (Gate)
        {
            _writing = false;
            (written, _writingWritten) = (_writingWritten, null);
            (signal, _writingSignal) = (_writingSignal, null);
            (_spare, _onItsWay) = (_onItsWay, []);
        }

        written?.TrySetResult();
        signal?.Complete();
    }

    private Span<byte> Room(int count)
    {
        if (_filling.Length - _filled < count)
        {
            // The last batch is the best guess for this one: growing step by step would copy all of it once more.
            int guess = Math.Clamp(_lastBatch, FirstBuffer, LargestGuess);
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(guess, Math.Max(_filled + count, _filling.Length * 2)));
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
