using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using PamTui.Gateway.Forwarding;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>What name servers say is asked once and kept for a moment.</summary>
public sealed class LookUpsTests
{
    private static readonly IPAddress s_here = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _asked = new();

    [Fact]
    public async Task Answer_is_kept_for_30_seconds_from_the_question_and_no_longer()
    {
        LookUps lookUps = Make(name => name == "nowhere" ? throw new SocketException((int)SocketError.HostNotFound) : [s_here]);

        Assert.Equal([s_here], await lookUps.AskAsync("wiki", TestClient.Ct));
        Assert.Empty((await lookUps.AskAsync("nowhere", TestClient.Ct))!);
        _time.Advance(TimeSpan.FromSeconds(29));
        await lookUps.AskAsync("WIKI", TestClient.Ct);
        await lookUps.AskAsync("nowhere", TestClient.Ct);
        Assert.Equal(["wiki", "nowhere"], _asked);

        _time.Advance(TimeSpan.FromSeconds(1));
        await lookUps.AskAsync("wiki", TestClient.Ct);
        await lookUps.AskAsync("nowhere", TestClient.Ct);
        Assert.Equal(["wiki", "nowhere", "wiki", "nowhere"], _asked);
    }

    [Fact]
    public async Task That_nobody_knows_is_not_kept_and_more_addresses_than_a_service_has_are_no_answer()
    {
        bool isUp = false;
        LookUps lookUps = Make(name => name == "many" ? [.. Enumerable.Range(1, 33).Select(last => new IPAddress([192, 0, 2, (byte)last]))] : isUp ? [s_here] : throw new SocketException((int)SocketError.TryAgain));

        Assert.Null(await lookUps.AskAsync("wiki", TestClient.Ct));
        isUp = true;

        Assert.Equal([s_here], await lookUps.AskAsync("wiki", TestClient.Ct));
        Assert.Null(await lookUps.AskAsync("many", TestClient.Ct));
    }

    [Fact]
    public async Task Who_gives_up_takes_the_answer_from_nobody_else()
    {
        TaskCompletionSource<IPAddress[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LookUps lookUps = new((name, ct) => Asked(name, answer.Task.WaitAsync(ct)), _time, CancellationToken.None);
        using CancellationTokenSource impatient = new();

        Task<IPAddress[]?> first = lookUps.AskAsync("wiki", impatient.Token);
        Task<IPAddress[]?> second = lookUps.AskAsync("wiki", TestClient.Ct);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult([s_here]);

        Assert.Equal([s_here], await second);
        Assert.Equal(["wiki"], _asked);
    }

    [Fact]
    public async Task No_more_than_16_questions_are_open_at_a_time_and_the_end_of_the_gateway_ends_them()
    {
        using CancellationTokenSource stopping = new();
        LookUps lookUps = new((name, ct) => Asked(name, Task.Delay(Timeout.InfiniteTimeSpan, ct).ContinueWith(_ => Array.Empty<IPAddress>(), ct, TaskContinuationOptions.None, TaskScheduler.Default)), _time, stopping.Token);

        Task<IPAddress[]?>[] all = [.. Enumerable.Range(0, 100).Select(number => lookUps.AskAsync($"host-{number}", TestClient.Ct))];
        await Poll.UntilAsync("the first of them", () => _asked.Count >= 16);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(all));
        Assert.Equal(16, _asked.Count);
    }

    private LookUps Make(Func<string, IPAddress[]> resolve) => new((name, _) => Asked(name, Task.Run(() => resolve(name))), _time, CancellationToken.None);

    private Task<IPAddress[]> Asked(string name, Task<IPAddress[]> answer)
    {
        _asked.Enqueue(name);
        return answer;
    }
}
