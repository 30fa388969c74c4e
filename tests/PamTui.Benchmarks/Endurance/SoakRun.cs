using System.Globalization;
using PamTui.Servers;

namespace PamTui.Benchmarks.Endurance;

/// <summary>
/// Sessions opened, used and closed at random for a long time, some of them cut in the middle. Afterwards the gateway must hold what it held
/// after the first minute.
/// </summary>
internal static class SoakRun
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(int sessions, TimeSpan time, int seed, CancellationToken ct)
    {
        await using Stage stage = await Stage.StartAsync();
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Counts counts = new();
        Task[] people = [.. Enumerable.Range(0, sessions).Select(person => PersonAsync(stage, new Random(seed + person), counts, enough.Token, ct))];
        ProcessState? early = null;
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += s_look)
        {
            await Task.Delay(s_look < time - passed ? s_look : time - passed, ct);
            await Console.Out.WriteLineAsync($"{counts.Finished} sessions finished, {counts.Cut} cut; {stage.Target.Connections} at the target; {stage.Gateway}");
            early ??= stage.Gateway;
        }

        await enough.CancelAsync();
        await Task.WhenAll(people);
        ProcessState late = await QuietAsync(stage, ct);
        await Console.Out.WriteLineAsync($"all closed: {late}");
        bool flat = early is not null && late.Handles <= early.Handles - sessions && late.Threads <= early.Threads + 2 && late.Resident <= early.Resident * 1.15;
        await Console.Out.WriteLineAsync(flat ? "flat" : "NOT flat: more is held than after the first minute");
        return flat ? 0 : 1;
    }

    private static async Task PersonAsync(Stage stage, Random random, Counts counts, CancellationToken enough, CancellationToken ct)
    {
        while (!enough.IsCancellationRequested)
        {
            await using BrokeredSession session = await stage.OpenAsync(ct);
            for (int turn = random.Next(1, 5); turn > 0; turn--)
            {
                await session.EchoAsync(1 << random.Next(0, 19), ct);
                await Task.Delay(random.Next(0, 3000), ct);
            }

            if (random.Next(4) == 0)
            {
                counts.OneCut();
            }
            else
            {
                await session.FinishAsync(ct);
                counts.OneFinished();
            }
        }
    }

    // The last closes are on their way.
    private static async Task<ProcessState> QuietAsync(Stage stage, CancellationToken ct)
    {
        await Poll.UntilAsync("the last closes at the target", () => stage.Target.Connections == 0, TimeSpan.FromMinutes(1));
        await Task.Delay(TimeSpan.FromSeconds(10), ct);
        return stage.Gateway;
    }

    private sealed class Counts
    {
        private long _finished;
        private long _cut;

        public string Finished => Interlocked.Read(ref _finished).ToString(CultureInfo.InvariantCulture);

        public string Cut => Interlocked.Read(ref _cut).ToString(CultureInfo.InvariantCulture);

        public void OneFinished() => Interlocked.Increment(ref _finished);

        public void OneCut() => Interlocked.Increment(ref _cut);
    }
}
