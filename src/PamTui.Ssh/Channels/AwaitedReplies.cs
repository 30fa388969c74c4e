namespace PamTui.Ssh.Channels;

/// <summary>Requests of ours that wait for the peer's answers, which come in the order of the requests (RFC 4254 §4, §5.4). Under the lock of its owner.</summary>
internal sealed class AwaitedReplies
{
    private const int Most = 256;

    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();

    /// <summary>One request more; its answer.</summary>
    public Task<bool> Add()
    {
        if (_waiting.Count >= Most)
        {
            throw new SshChannelException("Too many requests wait for their answers.");
        }

        TaskCompletionSource<bool> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(reply);
        return reply.Task;
    }

    /// <summary>Unsolicited answers are dropped, not kept (C1).</summary>
    public void Answer(bool success)
    {
        if (_waiting.TryDequeue(out TaskCompletionSource<bool>? reply))
        {
            reply.TrySetResult(success);
        }
    }

    /// <summary>No answer comes any more.</summary>
    public void Fail(Exception cause)
    {
        while (_waiting.TryDequeue(out TaskCompletionSource<bool>? reply))
        {
            reply.TrySetException(cause);
            // Its asker may have given up.
            _ = reply.Task.Exception;
        }
    }
}
