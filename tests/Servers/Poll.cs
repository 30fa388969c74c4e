using System.Diagnostics;
using Xunit;

namespace PamTui.Servers;

/// <summary>The only place where tests wait for something that tells nobody when it happens.</summary>
public static class Poll
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails the test with <paramref name="what"/> at the deadline (10 s).</summary>
    public static Task UntilAsync(string what, Func<bool> holds, TimeSpan? deadline = null) => UntilAsync(what, () => Task.FromResult(holds()), deadline);

    public static async Task UntilAsync(string what, Func<Task<bool>> holds, TimeSpan? deadline = null)
    {
        TimeSpan limit = deadline ?? TimeSpan.FromSeconds(10);
        long start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                Assert.Fail($"After {limit.TotalSeconds:0.#} s still waiting: {what}");
            }

            await Task.Delay(s_step);
        }
    }
}
