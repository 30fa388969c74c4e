using System.Diagnostics;
using System.Text.RegularExpressions;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>1 GiB each way, with fresh keys every 64 MiB on both legs.</summary>
[Collection(nameof(Alone))]
public sealed partial class BulkTests
{
    private const long Size = 1L << 30;

    // A stream that no compression and no lucky zero shortens, the same at both ends.
    private const string Generate = "head -c 1073741824 /dev/zero | openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task One_GiB_each_way_arrives_whole_while_both_legs_rekey()
    {
        await using World world = await World.StartAsync(settings: """{ "Gateway": { "RekeyMegabytes": 64 } }""", target: ["RekeyLimit 64M", "LogLevel DEBUG1"]);
        string expected = (await Run.ProgramAsync("bash", ["-c", Generate + " | sha256sum"], null, limit: s_limit)).Succeeded().Text;

        long start = Stopwatch.GetTimestamp();
        RunResult down = await world.BashAsync($"ssh $F -v -o RekeyLimit=64M web '{Generate}' 2>down.log | sha256sum", s_limit);
        RunResult up = await world.BashAsync($"{Generate} | ssh $F -v -o RekeyLimit=64M web sha256sum 2>up.log", s_limit);
        TestContext.Current.TestOutputHelper?.WriteLine($"2 x {Size >> 20} MiB in {Stopwatch.GetElapsedTime(start)}");

        Assert.Equal(expected, down.Succeeded().Text);
        Assert.Equal(expected, up.Succeeded().Text);
        foreach (string log in (string[])["down.log", "up.log"])
        {
            int exchanges = KeysTaken().Count(await File.ReadAllTextAsync(world.Files.PathOf(log)));
            Assert.True(exchanges > 12, $"{log} shows {exchanges} key exchanges");
        }

        Assert.True(KeysTaken().Count(world.Target.Log) > 24, "the target's leg did not rekey");

        // A row has its bytes when it is closed, which is after the client was told.
        await Poll.UntilAsync("the rows are closed", async () => (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength() == 0);
        long moved = (await world.Vault.LookAsync("session", "list")).EnumerateArray().Sum(session => session.GetProperty("bytesIn").GetInt64() + session.GetProperty("bytesOut").GetInt64());
        Assert.InRange(moved, 2 * Size, 2 * Size + (64L << 20));
    }

    // Both ways, and through a jump too, all at once: those that are stopped leave the machine to one that is not, and what one may cost is all that they may.
    [Fact]
    public async Task Readers_that_stall_stop_their_writers_and_not_the_memory()
    {
        await using World world = await World.StartAsync();
        long before = Resident(world.Gateway.ProcessId);
        await using ServerProcess down = Start("ssh -F CONFIG web 'head -c 268435456 /dev/zero; echo all >&2' | (head -c 1 >/dev/null; echo stalled >&2; exec sleep 600)");
        await using ServerProcess downJump = Start("ssh -F CONFIG web-root.pam 'head -c 268435456 /dev/zero; echo all >&2' | (head -c 1 >/dev/null; echo stalled >&2; exec sleep 600)");
        await using ServerProcess up = Start("head -c 268435456 /dev/zero | ssh -F CONFIG web 'echo stalled >&2; exec sleep 600'");
        await using ServerProcess upJump = Start("head -c 268435456 /dev/zero | ssh -F CONFIG web-root.pam 'echo stalled >&2; exec sleep 600'");
        await Task.WhenAll(new[] { down, downJump, up, upJump }.Select(process => process.LineAsync("stalled")));

        long start = Stopwatch.GetTimestamp();
        long most = 0;
        await Poll.UntilAsync("three seconds of a stalled reader", () =>
        {
            most = Math.Max(most, Resident(world.Gateway.ProcessId));
            return Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(3);
        });

        Assert.InRange(most - before, long.MinValue, 64L << 20);

        ServerProcess Start(string line) => ServerProcess.Start(Tools.Need("bash"), ["-c", line.Replace("CONFIG", world.Config, StringComparison.Ordinal)]);
    }

    private static long Resident(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture) * 1024;

    [GeneratedRegex("SSH2_MSG_NEWKEYS received")]
    private static partial Regex KeysTaken();
}

/// <summary>Tests that want the machine for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
