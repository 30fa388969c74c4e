using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Transport;

/// <summary>
/// The sending side of a connection under its one lock, the writer's: what goes to the writer and what is held back while a key exchange runs, when an
/// exchange begins, and the end of the connection with its first cause. Safe for any number of callers.
/// </summary>
internal sealed class SendGate : IDisposable
{
    public const int LongestPayload = 256 * 1024;

    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly KexTerms _terms;
    private readonly StrangerBudget _stranger;
    private readonly ILogger _log;
    private readonly PacketWriter _writer;
    private readonly CancellationTokenSource _lifetime = new();

    // Under the writer's gate.
    private readonly HeldPackets _held = new();
    private readonly KeyAge _age;
    private KexRun? _run;
    private bool _holding;
    private TaskCompletionSource _sendsAgain = NewSignal();
    private Exception? _cause;
    private Exception? _failure;
    private Task _ending = Task.CompletedTask;

    public SendGate(Stream stream, PacketReader reader, KexTerms terms, StrangerBudget stranger, SshOptions options)
    {
        (_terms, _stranger, _log) = (terms, stranger, options.Log ?? NullLogger.Instance);
        _writer = new(stream, Failed, _lifetime.Token);
        _age = new(reader, _writer, options);
    }

    /// <summary>Bytes sealed so far.</summary>
    public long Bytes => _writer.Bytes;

    /// <summary>Bytes that are queued and not yet on their way.</summary>
    public long Waiting
    {
        get
        {
            lock (_writer.Gate)
            {
                return _writer.Waiting + _held.Bytes;
            }
        }
    }

    /// <summary>False once the network took no more.</summary>
    public bool CanSend => Volatile.Read(ref _failure) is null;

    /// <summary>From our KEXINIT to our NEWKEYS.</summary>
    public bool IsHolding => Volatile.Read(ref _holding);

    /// <summary>Why the connection is over; null while it is not.</summary>
    public Exception? Cause => Volatile.Read(ref _cause);

    /// <summary>Ends with the connection, after its last words.</summary>
    public CancellationToken Lifetime => _lifetime.Token;

    /// <summary>The last words and what follows them, after <see cref="End"/>. Never fails.</summary>
    public Task Ending => _ending;

    /// <summary>What whoever comes after the end is told.</summary>
    public static SshConnectionException Lost(Exception cause) => cause is SshConnectionException lost
        ? new(lost.Message, lost.Reason, lost)
        : new(cause is SshException ? cause.Message : "The connection is lost.", inner: cause);

    public void ThrowIfEnded()
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            throw Lost(cause);
        }
    }

    /// <summary>Our version line, before any packet (RFC 4253 §4.2).</summary>
    public void SendVersion(ReadOnlySpan<byte> line)
    {
        _writer.AddRaw(line);
        _writer.Kick();
    }

    /// <summary>The messages <paramref name="head"/> and <paramref name="tail"/> make up together, one of the layer above.</summary>
    public void Queue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        byte id = head[0];
        if (id is <= MessageId.Debug or MessageId.ExtInfo or (>= MessageId.KexInit and <= MessageId.KexLast) || head.Length + tail.Length > LongestPayload)
        {
            throw new ArgumentException("This is not a message for the layer above to send.", nameof(head));
        }

        lock (_writer.Gate)
        {
            ThrowIfEndedForSending();
            QueueLocked(id, head, tail);
        }
    }

    /// <summary>An answer to what was received: false when sending is over, which is no reason not to receive the rest.</summary>
    public bool TryQueue(ReadOnlySpan<byte> payload)
    {
        lock (_writer.Gate)
        {
            if (_cause is not null || _failure is not null)
            {
                return false;
            }

            QueueLocked(payload[0], payload, default);
            return true;
        }
    }

    /// <summary>Whoever waits for a flush goes on on the thread on which the stream took the bytes.</summary>
    public bool RunsInline
    {
        set => _writer.RunsInline = value;
    }

    /// <summary>Sends what went to the writer, without waiting for it.</summary>
    public void Kick() => _writer.Kick();

    /// <summary>What to wait for before a flush: the end of the running key exchange. Null when none holds anything back.</summary>
    public Task? WhenSendsAgain()
    {
        ThrowIfEndedForSending();
        if (!IsHolding)
        {
            return null;
        }

        lock (_writer.Gate)
        {
            ThrowIfEndedForSending();
            return _holding ? _sendsAgain.Task : null;
        }
    }

    /// <summary>Waits until all that went to the writer is handed to the network. Cancelling ends the wait only.</summary>
    public ValueTask FlushAsync(CancellationToken ct) => _writer.FlushAsync(ct);

    /// <summary>Sends what went to the writer, and waits while too much of it is still there.</summary>
    public ValueTask PaceAsync(CancellationToken ct) => _writer.PaceAsync(ct);

    /// <summary>The connection's first key exchange.</summary>
    public void BeginFirstExchange()
    {
        lock (_writer.Gate)
        {
            Begin(first: true);
        }

        _writer.Kick();
    }

    /// <summary>Starts a new key exchange now, unless one runs.</summary>
    public void BeginRekey()
    {
        lock (_writer.Gate)
        {
            if (_run is null && _cause is null)
            {
                Begin(first: false);
            }
        }

        _writer.Kick();
    }

    /// <summary>Starts a new key exchange if the keys are old and none runs.</summary>
    public void RekeyIfDue()
    {
        // Asked for each packet that comes, so without the lock under which what goes is being encrypted.
        if (!_age.IsOver)
        {
            return;
        }

        lock (_writer.Gate)
        {
            if (_run is not null || _cause is not null || _failure is not null || !_age.IsOver)
            {
                return;
            }

            Begin(first: false);
        }

        _writer.Kick();
    }

    /// <summary>The running exchange, which the peer may have asked for: our KEXINIT is added then.</summary>
    public KexRun Exchange()
    {
        lock (_writer.Gate)
        {
            if (_run is null)
            {
                Begin(first: false);
            }

            return _run!;
        }
    }

    /// <summary>A message of the key exchange itself, which passes what is held.</summary>
    public void AddToExchange(ReadOnlySpan<byte> payload) => _writer.Add(payload, default);

    /// <summary>NEWKEYS, and behind it under the new keys what had to wait.</summary>
    /// <param name="cipher">From now on the writer's.</param>
    /// <param name="strict">The exchange is strict: counting begins anew.</param>
    /// <param name="extensions">EXT_INFO, the first packet after the first NEWKEYS (RFC 8308 §2.4), or nothing.</param>
    public void ChangeKeys(PacketCipher cipher, bool strict, ReadOnlySpan<byte> extensions)
    {
        TaskCompletionSource sendsAgain;
        lock (_writer.Gate)
        {
            _writer.Add([MessageId.NewKeys], default);
            _writer.Use(cipher, strict);
            if (!extensions.IsEmpty)
            {
                _writer.Add(extensions, default);
            }

            _age.NewKeysSent();
            while (_held.TryTake(out byte[] payload))
            {
                _writer.Add(payload, default);
                CryptographicOperations.ZeroMemory(payload);
            }

            Volatile.Write(ref _holding, false);
            sendsAgain = _sendsAgain;
        }

        _writer.Kick();
        sendsAgain.TrySetResult();
    }

    /// <summary>The peer's NEWKEYS came, after ours: the exchange is over and the next may begin.</summary>
    public void EndExchange()
    {
        lock (_writer.Gate)
        {
            _age.NewKeysReceived();
            _run!.Dispose();
            _run = null;
        }
    }

    /// <summary>Ends the connection, once: the first cause stays. <paramref name="words"/> are the last that is sent.</summary>
    public void End(Exception cause, Disconnect? words)
    {
        TaskCompletionSource sendsAgain;
        lock (_writer.Gate)
        {
            if (_cause is not null)
            {
                return;
            }

            Volatile.Write(ref _cause, cause);
            if (words is { } last && _failure is null)
            {
                _writer.Add(last.Write(), default);
            }

            sendsAgain = _sendsAgain;
            _ending = EndAsync(cause, words is not null);
        }

        FailSignal(sendsAgain, Lost(cause));
    }

    /// <summary>Ends when nothing is on its way any more. Never fails.</summary>
    public Task StoppedAsync() => _writer.StoppedAsync();

    /// <summary>After the end, when nothing is on its way and nobody receives.</summary>
    public void Dispose()
    {
        lock (_writer.Gate)
        {
            _run?.Dispose();
            _held.Clear();
        }

        _writer.Dispose();
        _lifetime.Dispose();
    }

    private void QueueLocked(byte id, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        if (id == MessageId.UserAuthSuccess && _terms.Role == SshRole.Server)
        {
            _stranger.SignIn();
        }

        if (_run is null && _age.IsOver)
        {
            Begin(first: false);
        }

        if (_holding)
        {
            _held.Add(head, tail);
        }
        else
        {
            _writer.Add(head, tail);
        }
    }

    /// <summary>Our KEXINIT; from here to our NEWKEYS nothing else of ours goes out (RFC 4253 §7.1). Under the lock.</summary>
    private void Begin(bool first)
    {
        _run = _terms.NewRun(first);
        Volatile.Write(ref _holding, true);
        _sendsAgain = NewSignal();
        _writer.Add(_run.OurInit, default);
    }

    private void Failed(Exception cause)
    {
        TaskCompletionSource sendsAgain;
        lock (_writer.Gate)
        {
            // What the peer has sent before can still be received: its last words, an exit status.
            _failure = cause;
            sendsAgain = _sendsAgain;
        }

        FailSignal(sendsAgain, new SshConnectionException("The connection is lost.", inner: cause));
    }

    private void ThrowIfEndedForSending()
    {
        ThrowIfEnded();
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new SshConnectionException("The connection is lost.", inner: failure);
        }
    }

    /// <summary>Lets the last words go out, if they go at once, then stops what still waits.</summary>
    private async Task EndAsync(Exception cause, bool hasWords)
    {
        // Not under the lock of the caller.
        await Task.Yield();
        Log.Ended(_log, _terms.Role, cause.Message);
        if (hasWords)
        {
            using CancellationTokenSource patience = new(s_lastWords);
            Task sent = _writer.FlushAsync(patience.Token).AsTask();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _writer.Fail(cause);
        await _lifetime.CancelAsync().ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void FailSignal(TaskCompletionSource signal, Exception cause)
    {
        if (signal.TrySetException(cause))
        {
            // Perhaps nobody waits for it.
            _ = signal.Task.Exception;
        }
    }
}
