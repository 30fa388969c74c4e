using System.Globalization;

namespace PamTui.Benchmarks.Endurance;

/// <summary>What an idle brokered session costs the gateway: many are opened, each is used once, and then nothing happens.</summary>
internal static class IdleRun
{
    private const int WarmUp = 100;
    private const int AtOnce = 16;

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int sessions, CancellationToken ct)
    {
        await using Stage stage = await Stage.StartAsync();
        List<BrokeredSession> open = [];
        try
        {
            await OpenAsync(stage, open, WarmUp, ct);
            await Task.Delay(s_settle, ct);
            ProcessState before = stage.Gateway;
            await OpenAsync(stage, open, sessions, ct);
            await Task.Delay(s_settle, ct);
            ProcessState after = stage.Gateway;
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
                {WarmUp} sessions: {before}
                {WarmUp + sessions} sessions: {after}
                per idle session: {(double)(after.Resident - before.Resident) / sessions:0} KiB, {(double)(after.Threads - before.Threads) / sessions:0.000} threads
                """));
        }
        finally
        {
            foreach (BrokeredSession session in open)
            {
                await session.DisposeAsync();
            }
        }

        return 0;
    }

    private static async Task OpenAsync(Stage stage, List<BrokeredSession> open, int count, CancellationToken ct)
    {
        for (int done = 0; done < count; done += AtOnce)
        {
            BrokeredSession[] some = await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, count - done)).Select(_ => stage.OpenAsync(ct)));
            open.AddRange(some);
            await Task.WhenAll(some.Select(session => session.EchoAsync(1000, ct)));
        }
    }
}
