using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// The commands whose replies are to come, in their order: what one pump asks the other knows of before the server does. Most clients wait
/// for each reply; some send several commands ahead.
/// </summary>
/// <param name="status">SERVER_STATUS_…, as it was at the end of the sign-in.</param>
internal sealed class Conversation(int status = 0)
{
    /// <summary>So many commands are ahead of their replies; a client that sends more waits.</summary>
    public const int MaxOpen = 64;

    private const int NoBackslashEscapes = 0x200;

    private readonly Lock _sync = new();
    private readonly Queue<PendingReply> _coming = new();
    private TaskCompletionSource? _waiting;
    private Backslash _backslash = BackslashOf(status);
    private int _enough;
    private int _open;

    /// <summary>In literals, as the server said last.</summary>
    public Backslash Backslash
    {
        get
        {
            lock (_sync)
            {
                return _backslash;
            }
        }
    }

    public bool IsFull
    {
        get
        {
            lock (_sync)
            {
                return _open >= MaxOpen;
            }
        }
    }

    public bool IsIdle
    {
        get
        {
            lock (_sync)
            {
                return _open == 0;
            }
        }
    }

    /// <summary>Before the last byte of the command is sent.</summary>
    public void Ask(PendingReply reply)
    {
        lock (_sync)
        {
            reply.Backslash ??= _backslash;
            _coming.Enqueue(reply);
            _open++;
        }
    }

    /// <param name="now">SERVER_STATUS_…, as at the end of a reply.</param>
    public void Reported(int now)
    {
        lock (_sync)
        {
            _backslash = BackslashOf(now);
        }
    }

    /// <summary>The reply that begins now; null: none was asked for.</summary>
    public PendingReply? Next()
    {
        lock (_sync)
        {
            return _coming.TryDequeue(out PendingReply? next) ? next : null;
        }
    }

    /// <summary>The client has so many replies more, to their last byte.</summary>
    public void Delivered(int count)
    {
        lock (_sync)
        {
            _open -= count;
            if (_waiting is not null && _open <= _enough)
            {
                _waiting.SetResult();
                _waiting = null;
            }
        }
    }

    /// <summary>Until no reply is to come. Of the one pump that asks.</summary>
    public Task IdleAsync(CancellationToken ct) => FewAsync(0, ct);

    /// <inheritdoc cref="IdleAsync"/>
    public Task RoomAsync(CancellationToken ct) => FewAsync(MaxOpen - 1, ct);

    private static Backslash BackslashOf(int status) => (status & NoBackslashEscapes) != 0 ? Backslash.Character : Backslash.Escape;

    private Task FewAsync(int enough, CancellationToken ct)
    {
        lock (_sync)
        {
            if (_open <= enough)
            {
                return Task.CompletedTask;
            }

            (_enough, _waiting) = (enough, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _waiting.Task.WaitAsync(ct);
        }
    }
}
