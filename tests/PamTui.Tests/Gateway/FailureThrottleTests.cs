using Microsoft.Extensions.Time.Testing;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;

namespace PamTui.Tests.GatewayTests;

public sealed class FailureThrottleTests
{
    private static readonly SourceKey s_here = new(1, false);
    private static readonly SourceKey s_there = new(2, false);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Delay_grows_with_failures_and_never_beyond_the_longest()
    {
        FailureThrottle throttle = new(_time);
        List<double> seconds = [];
        for (int i = 0; i < 12; i++)
        {
            seconds.Add(throttle.DelayOf("alice", s_here).TotalSeconds);
            throttle.Failed("alice", s_here);
        }

        Assert.Equal([0, 0, 0, 0.25, 0.5, 1, 2, 4, 8, 8, 8, 8], seconds);
    }

    [Fact]
    public void B10_guessing_from_many_sources_or_at_many_users_is_slowed_all_the_same()
    {
        FailureThrottle throttle = new(_time);
        for (uint i = 0; i < 6; i++)
        {
            throttle.Failed("alice", new SourceKey(100 + i, false));
            throttle.Failed("user" + i, s_here);
        }

        Assert.NotEqual(TimeSpan.Zero, throttle.DelayOf("alice", s_there));
        Assert.NotEqual(TimeSpan.Zero, throttle.DelayOf("bob", s_here));
        Assert.Equal(TimeSpan.Zero, throttle.DelayOf("bob", s_there));
    }

    [Fact]
    public void F7_failures_are_forgotten_with_time_and_after_success()
    {
        FailureThrottle throttle = new(_time);
        for (int i = 0; i < 4; i++)
        {
            throttle.Failed("alice", s_here);
        }

        throttle.Succeeded("alice");
        Assert.Equal(TimeSpan.Zero, throttle.DelayOf("alice", s_there));
        Assert.NotEqual(TimeSpan.Zero, throttle.DelayOf("alice", s_here));

        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(TimeSpan.Zero, throttle.DelayOf("alice", s_here));
    }

    [Fact]
    public void Filling_the_table_buys_no_free_guesses()
    {
        FailureThrottle throttle = new(_time);
        for (uint i = 0; i < 40_000; i++)
        {
            throttle.Failed("user" + i, new SourceKey(1000 + i, false));
        }

        Assert.True(throttle.DelayOf("alice", s_there) >= TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(5));
        throttle.Failed("alice", s_there);
        Assert.Equal(TimeSpan.Zero, throttle.DelayOf("alice", s_there));
    }
}
