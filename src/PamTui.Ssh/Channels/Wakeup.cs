namespace PamTui.Ssh.Channels;

/// <summary>What waits until something happens that it has to look at again. Under the lock of its owner.</summary>
internal sealed class Wakeup
{
    private TaskCompletionSource? _waiting;

    /// <summary>Completes with the next <see cref="Wake"/>, on a thread of its own.</summary>
    public Task Next() => (_waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Wake()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
