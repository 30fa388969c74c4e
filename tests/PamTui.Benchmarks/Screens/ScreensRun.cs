using System.Diagnostics;
using System.Globalization;
using PamTui.Benchmarks.Endurance;
using PamTui.Benchmarks.SideBySide;
using PamTui.EndToEnd;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Screens;

/// <summary>
/// The command line <c>screens [PROGRAM] [PART…]</c> (start, paint, keys, idle, busy): what the TUI takes of time, bytes, memory and processor, over SSH through the built (or
/// published) gateway, with a vault of 10,000 resources and 100,000 accounts, on a terminal of 120×40.
/// </summary>
internal static class ScreensRun
{
    private const int Starts = 9;
    private const int Moves = 200;
    private const int Idle = 50;
    private const int Busy = 100;
    private const int BusyMoves = 40;

    // Frames of one answer follow each other within this.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);

    // One source opens everything here.
    private const string Settings = """{ "Gateway": { "MaxStartupsPerSource": 1000, "StartDropping": 1000, "MaxStartups": 2000, "MaxConnections": 10000 } }""";

    public static Task<int>? TryRun(IReadOnlyList<string> arguments) =>
        arguments is ["screens", ..] ? RunAsync(arguments.Count > 1 ? arguments[1] : Vault.Program, [.. arguments.Skip(2)], CancellationToken.None) : null;

    private static async Task<int> RunAsync(string program, HashSet<string> parts, CancellationToken ct)
    {
        bool Wants(string part) => parts.Count == 0 || parts.Contains(part);
        (Vault vault, SshKeyFile alice) = await Vault.MakeAsync();
        using (vault)
        {
            vault.Settings(Settings);
            SampleRows.Fill(Path.Combine(vault.Data, "vault.db"));
            using SshPrivateKey key = SshPrivateKey.Parse(await File.ReadAllBytesAsync(alice.Path, ct));
            int port = FreePort.Next();
            await using ServerProcess gateway = ServerProcess.Start(program, ["gateway", "--data", vault.Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")]);
            await gateway.LineAsync("listening on");

            if (Wants("start"))
            {
                (List<double> frames, List<double> screens) = await LocalStartsAsync(program, vault.Data, ct);
                await SayAsync("process start to first paint, local", frames, "ms");
                await SayAsync("process start to the first screen, local", screens, "ms");
            }

            if (Wants("paint"))
            {
                await SayAsync("sign-in done to first paint, over SSH", await FirstPaintsAsync(port, key, ct), "ms");
            }

            if (Wants("keys"))
            {
                await OneSessionAsync(gateway.Id, port, key, ct);
            }

            if (Wants("idle"))
            {
                await IdleAsync(gateway.Id, port, key, ct);
            }

            if (Wants("busy"))
            {
                await BusyAsync(gateway.Id, port, key, ct);
            }
        }

        return 0;
    }

    private static async Task<(List<double> Frames, List<double> Screens)> LocalStartsAsync(string program, string data, CancellationToken ct)
    {
        List<double> frames = [];
        List<double> screens = [];
        for (int i = 0; i < Starts; i++)
        {
            (TimeSpan frame, TimeSpan screen) = await LocalStart.MeasureAsync(program, data, ct);
            frames.Add(frame.TotalMilliseconds);
            screens.Add(screen.TotalMilliseconds);
        }

        return (frames, screens);
    }

    private static async Task<List<double>> FirstPaintsAsync(int port, SshPrivateKey key, CancellationToken ct)
    {
        List<double> times = [];
        for (int i = -3; i < Starts; i++)
        {
            await using ScreenSession session = await ScreenSession.OpenAsync(port, key, ct);
            if (i >= 0)
            {
                times.Add(session.FirstPaint.TotalMilliseconds);
            }
        }

        return times;
    }

    private static async Task OneSessionAsync(int gateway, int port, SshPrivateKey key, CancellationToken ct)
    {
        await using ScreenSession session = await OpenListAsync(port, key, ct);
        List<Answer> moves = [];
        TimeSpan busy = default;
        for (int i = 0; i < Moves * 2; i++)
        {
            busy = i == Moves ? ProcessState.Of(gateway).Busy : busy;
            Answer answer = await session.TypeAsync("j", s_quiet, ct);
            if (i >= Moves)
            {
                moves.Add(answer);
            }
        }

        busy = ProcessState.Of(gateway).Busy - busy;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"processor time of a move: {busy.TotalMilliseconds / Moves:0.0} ms"));
        await SayAsync("key to first byte, a move", moves.Select(move => move.First.TotalMilliseconds), "ms");
        await SayAsync("key to last byte, a move", moves.Select(move => move.Whole.TotalMilliseconds), "ms");
        await SayAsync("bytes of a move", moves.Select(move => (double)move.Bytes), "bytes");

        List<double> filters = [];
        foreach (string filter in (string[])["env=prod", "kind=mysql", "host-0500", "env=test team=team-1"])
        {
            await session.TypeAsync("/", s_quiet, ct);
            foreach (char letter in filter)
            {
                filters.Add((await session.TypeAsync(letter.ToString(), s_quiet, ct)).Whole.TotalMilliseconds);
            }

            await session.TypeAsync("\r", s_quiet, ct);
            await session.TypeAsync("\e", TimeSpan.FromMilliseconds(300), ct);
        }

        await SayAsync("key in the filter to the new page and count", filters, "ms");
    }

    private static async Task IdleAsync(int gateway, int port, SshPrivateKey key, CancellationToken ct)
    {
        // On the first screen, where one who leaves it open has left it.
        List<ScreenSession> open = await OpenAsync(OpenFirstAsync, port, key, 5, ct);
        await Task.Delay(s_settle, ct);
        ProcessState before = ProcessState.Of(gateway);
        open.AddRange(await OpenAsync(OpenFirstAsync, port, key, Idle, ct));
        await Task.Delay(s_settle, ct);
        ProcessState after = ProcessState.Of(gateway);
        await Task.Delay(s_settle, ct);
        double share = (ProcessState.Of(gateway).Busy - after.Busy) / s_settle / open.Count;
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"idle session: {share * 100:0.000} % of a core, {(after.Resident - before.Resident) / 1024.0 / Idle:0.0} MiB ({Idle} more on 5)"));
        await CloseAsync(open);
    }

    private static async Task BusyAsync(int gateway, int port, SshPrivateKey key, CancellationToken ct)
    {
        List<ScreenSession> open = await OpenAsync(OpenListAsync, port, key, Busy, ct);
        TimeSpan before = ProcessState.Of(gateway).Busy;
        long start = Stopwatch.GetTimestamp();
        IEnumerable<Task<Answer[]>> people = open.Select((session, i) => MoveAsync(session, TimeSpan.FromMilliseconds(500.0 * i / Busy), ct));
        Answer[] all = [.. (await Task.WhenAll(people)).SelectMany(static answers => answers)];
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        double cores = (ProcessState.Of(gateway).Busy - before) / elapsed;
        double[] sorted = [.. all.Select(answer => answer.First.TotalMilliseconds).Order()];
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{Busy} sessions, {all.Length / elapsed.TotalSeconds:0} moves a second in all: {cores:0.00} cores; key to first byte: median {sorted[sorted.Length / 2]:0.0}, 99 % {sorted[sorted.Length * 99 / 100]:0.0}, longest {sorted[^1]:0.0} ms"));
        await CloseAsync(open);
    }

    // Two moves a second, from a moment of its own.
    private static async Task<Answer[]> MoveAsync(ScreenSession session, TimeSpan after, CancellationToken ct)
    {
        await Task.Delay(after, ct);
        using PeriodicTimer turn = new(TimeSpan.FromMilliseconds(500));
        Answer[] answers = new Answer[BusyMoves];
        for (int i = 0; i < BusyMoves; i++)
        {
            await turn.WaitForNextTickAsync(ct);
            answers[i] = await session.TypeAsync(i % 2 == 0 ? "j" : "k", s_quiet, ct);
        }

        return answers;
    }

    private static async Task<List<ScreenSession>> OpenAsync(Func<int, SshPrivateKey, CancellationToken, Task<ScreenSession>> openOne, int port, SshPrivateKey key, int count, CancellationToken ct)
    {
        List<ScreenSession> open = [];
        for (int i = 0; i < count; i++)
        {
            open.Add(await openOne(port, key, ct));
        }

        return open;
    }

    private static async Task<ScreenSession> OpenFirstAsync(int port, SshPrivateKey key, CancellationToken ct)
    {
        ScreenSession session = await ScreenSession.OpenAsync(port, key, ct);
        await session.ShowsAsync("100000", ct);
        return session;
    }

    // With the accounts there and the cursor among them.
    private static async Task<ScreenSession> OpenListAsync(int port, SshPrivateKey key, CancellationToken ct)
    {
        ScreenSession session = await OpenFirstAsync(port, key, ct);
        await session.TypeAsync("b", s_quiet, ct);
        await session.ShowsAsync("all resources", ct);
        await session.ShowsAsync("100000", ct);
        await session.TypeAsync("l", s_quiet, ct);
        return session;
    }

    private static Task CloseAsync(IEnumerable<ScreenSession> sessions) => Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask()));

    private static Task SayAsync(string name, IEnumerable<double> values, string unit)
    {
        double[] sorted = [.. values.Order()];
        return Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{name}: median {Samples.MedianOf(sorted):0.0}, 95 % {sorted[sorted.Length * 95 / 100]:0.0}, least {sorted[0]:0.0} {unit} ({sorted.Length} times)"));
    }
}
