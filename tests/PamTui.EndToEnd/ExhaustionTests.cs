using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>A gateway that runs out of what the system gives it, and what is left behind when sessions end in whatever way.</summary>
public sealed class ExhaustionTests
{
    private const string NoLimits = """{ "Gateway": { "StartDropping": 100000, "MaxStartups": 100000, "MaxStartupsPerSource": 100000 } }""";

    [Fact]
    public async Task A18_A_gateway_without_free_descriptors_keeps_its_sessions_and_serves_again_when_there_are_some()
    {
        await using World world = await World.StartAsync(settings: NoLimits);
        await using ServerProcess open = world.StartSsh("-tt", "web", "echo ready; exec cat");
        await open.LineAsync("ready");

        // As many as it has now and some twenty more: what is there works, and soon nothing new is to be had.
        int files = Directory.GetFiles($"/proc/{world.Gateway.ProcessId}/fd").Length;
        (await Run.ProgramAsync("prlimit", "--pid", Text(world.Gateway.ProcessId), "--nofile=" + Text(files + 20))).Succeeded();
        List<Socket> halfOpen = [];
        for (int i = 0; i < 60; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Gateway.Port));
            halfOpen.Add(socket);
        }

        await world.Gateway.LineAsync("accepting connections is failing");
        await open.Input.WriteAsync("still here\n"u8.ToArray());
        await open.Input.FlushAsync();
        await open.LineAsync("still here");

        halfOpen.ForEach(socket => socket.Dispose());
        await world.Gateway.LineAsync("accepting connections again");
        Assert.Equal("again\n", (await world.SshAsync("web", "echo again")).Succeeded().Text);
    }

    [Fact]
    public async Task C1_C12_Nothing_runs_and_nothing_is_held_once_sessions_have_ended_in_any_way()
    {
        await using World world = await World.StartAsync(settings: NoLimits);
        (await world.SshAsync("web", "true")).Succeeded();
        (await world.SshAsync("gw", "account list")).Succeeded();
        int files = Files(world);

        // Cleanly, by the client's death, by the target's, in the middle of an endless output, and before anything.
        for (int round = 0; round < 3; round++)
        {
            (await world.SshAsync("web", "echo fine")).Succeeded();
            await using ServerProcess killed = world.StartSsh("web", "echo live; exec yes");
            await killed.LineAsync("live");
            killed.Signal(Signals.Kill);
            await using ServerProcess orphan = world.StartSsh("web", "echo live; exec sleep 600");
            await orphan.LineAsync("live");
            world.Target.KillSessions();
            await orphan.ExitedAsync();
            using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await stranger.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Gateway.Port));
        }

        await Poll.UntilAsync("no session is live", async () => (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength() == 0);
        await Poll.UntilAsync("descriptors are given back", () => Files(world) <= files + 4, TimeSpan.FromSeconds(20));
        await IsIdleAsync(world.Gateway.ProcessId);
    }

    [Fact]
    public async Task C5_A_client_that_stops_reading_an_endless_output_costs_no_memory_and_is_quick_again()
    {
        await using World world = await World.StartAsync();
        (await world.SshAsync("web", "head -c 64M /dev/zero")).Succeeded(); // What a busy session takes once.
        await using ServerProcess slow = world.StartSsh("web", "echo live; exec yes");
        await slow.LineAsync("live");
        slow.Signal(Signals.Stop);
        long before = await AtRestAsync(world);

        // The target writes as long as somebody takes it: once all is full nothing moves, and nothing grows.
        long after = await AtRestAsync(world);

        Assert.InRange(after - before, long.MinValue, 8 << 20);
        Assert.Equal("quick\n", (await world.SshAsync("web", "echo quick")).Succeeded().Text);
        int lines = slow.Log.Length;
        slow.Signal(Signals.Continue);
        await Poll.UntilAsync("it goes on", () => slow.Log.Length > lines + 1000);
    }

    [Fact]
    public async Task C10_An_agent_that_a_client_offers_is_reached_neither_in_the_session_nor_after_it()
    {
        await using World world = await World.StartAsync();
        await using Agent agent = await Agent.StartAsync(world.Alice);

        RunResult inside = await Run.ProgramAsync(
            "ssh", ["-F", world.Config, "-A", "web", "echo [$SSH_AUTH_SOCK]; ssh-add -l"], null, new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = agent.Socket });

        Assert.Equal("[]\n", inside.Text.Split("The agent")[0]);
        Assert.NotEqual(0, inside.ExitCode);
        Assert.DoesNotContain("SHA256", inside.Text + inside.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C12_Each_of_four_deaths_leaves_a_closed_row_with_its_reason()
    {
        await using World world = await World.StartAsync(settings: """{ "Gateway": { "ClientAliveSeconds": 1, "ClientAliveCount": 1 } }""");

        await using (ServerProcess client = world.StartSsh("-tt", "web", "echo live; exec sleep 600"))
        {
            await client.LineAsync("live");
            client.Signal(Signals.Kill);
            await EndedAsync(world, "connection to the user lost");
        }

        // A network that is dropped and a client that is stopped look the same: no byte, and no end.
        await using (ServerProcess silent = world.StartSsh("-tt", "web", "echo live; exec sleep 600"))
        {
            await silent.LineAsync("live");
            silent.Signal(Signals.Stop);
            await EndedAsync(world, "connection to the user lost");
            silent.Signal(Signals.Continue);
        }

        await using (ServerProcess client = world.StartSsh("-tt", "web", "echo live; exec sleep 600"))
        {
            await client.LineAsync("live");
            world.Target.KillSessions();
            await EndedAsync(world, "connection to the target lost");
        }

        await using (ServerProcess client = world.StartSsh("-tt", "web", "echo live; exec sleep 600"))
        {
            await client.LineAsync("live");
            world.Gateway.Signal(Signals.Kill);
            await client.ExitedAsync();
            await world.Gateway.DisposeAsync();
            await world.StartGatewayAsync();
            await EndedAsync(world, "gateway stopped unexpectedly");
        }
    }

    /// <summary>The newest session is over, for this reason.</summary>
    private static Task EndedAsync(World world, string reason) => Poll.UntilAsync(
        "the session ended: " + reason,
        async () =>
        {
            System.Text.Json.JsonElement newest = (await world.Vault.LookAsync("session", "list"))[0];
            return newest.GetProperty("ended").ValueKind == System.Text.Json.JsonValueKind.String && newest.GetProperty("endReason").GetString() == reason;
        },
        TimeSpan.FromSeconds(20));

    private static int Files(World world) => Directory.GetFiles($"/proc/{world.Gateway.ProcessId}/fd").Length;

    /// <summary>Resident bytes once they and the processor time of the gateway stand still.</summary>
    private static async Task<long> AtRestAsync(World world)
    {
        await IsIdleAsync(world.Gateway.ProcessId);
        return long.Parse((await File.ReadAllTextAsync($"/proc/{world.Gateway.ProcessId}/statm")).Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    /// <summary>A second in which the process takes next to no processor time: nothing spins on what is closed.</summary>
    private static async Task IsIdleAsync(int process)
    {
        TimeSpan seen = ProcessorTime(process);
        long since = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(
            "the gateway is idle",
            () =>
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(since);
                if (elapsed < TimeSpan.FromSeconds(1))
                {
                    return false;
                }

                TimeSpan now = ProcessorTime(process);
                bool idle = now - seen < elapsed * 0.1;
                (seen, since) = (now, Stopwatch.GetTimestamp());
                return idle;
            },
            TimeSpan.FromSeconds(30));
    }

    private static TimeSpan ProcessorTime(int process)
    {
        using Process running = Process.GetProcessById(process);
        return running.TotalProcessorTime;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
