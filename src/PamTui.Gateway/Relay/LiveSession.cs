namespace PamTui.Gateway.Relay;

/// <summary>A brokered session while it lives, whatever its target speaks: its row, and the one reason for which it ends.</summary>
internal sealed class LiveSession(long id)
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id => id;

    /// <summary>Completes when somebody who is not one of the two ends wants it over.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Bytes from the user and from the target so far; set by who moves them.</summary>
    public Func<(long In, long Out)> Bytes { get; set; } = static () => (0, 0);

    /// <summary>What the store knows of <see cref="Bytes"/>; of the one loop that tells it.</summary>
    public (long In, long Out) Reported { get; set; }

    /// <summary>Shows the person one line, if there is a terminal to show it on.</summary>
    public Func<string, ValueTask> Tell { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>The first reason is kept.</summary>
    public void End(string reason) => _ended.TrySetResult(reason);
}
