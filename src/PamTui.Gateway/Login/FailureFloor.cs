namespace PamTui.Gateway.Login;

/// <summary>A refusal is told no sooner than this: the store looks further for what is there and not this user's than for what is not there (B13).</summary>
internal static class FailureFloor
{
    /// <summary>Longer than any look-up takes, shorter than a person notices.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(50);

    /// <param name="since">A timestamp of <paramref name="time"/>: when it was asked for.</param>
    public static async Task WaitAsync(long since, TimeProvider time, CancellationToken ct)
    {
        TimeSpan early = Length - time.GetElapsedTime(since);
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, time, ct).ConfigureAwait(false);
        }
    }
}
