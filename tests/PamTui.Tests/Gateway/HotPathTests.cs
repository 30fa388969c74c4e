using System.Diagnostics;
using PamTui.Gateway;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>What the packets of a session may not do: leave garbage, and hold up the threads that wait for the sockets of others.</summary>
[Collection(Heap.Alone)]
public sealed class HotPathTests
{
    private const long Few = 32L << 20;
    private const long Many = 288L << 20;

    // ssh sends and asks for packets of at most this.
    private const long LargestPacket = 32 * 1024;

    // The smallest object there is has 24 bytes: one a packet would show, and in each round.
    private const double BytesPerPacket = 24;
    private const int Rounds = 3;

    [Theory]
    [InlineData("aes256-gcm@openssh.com", true)]
    [InlineData("aes256-gcm@openssh.com", false)]
    [InlineData("chacha20-poly1305@openssh.com", true)]
    [InlineData("aes128-ctr", false)]
    public async Task Relayed_packets_allocate_nothing(string cipher, bool down)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(target: new SshdOptions(Config: ["Ciphers " + cipher, "LogLevel INFO"]));
        await MoveAsync(gateway, cipher, down, Few); // The first time compiles, and fills the pools.
        double idle = await IdlePerSecondAsync(gateway);

        // What else the process does meanwhile (a method compiled anew, a thread of the pool) falls into one round, not into all.
        List<string> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            (long few, TimeSpan shorter) = await MoveAsync(gateway, cipher, down, Few);
            (long many, TimeSpan longer) = await MoveAsync(gateway, cipher, down, Many);

            // What grows with the time alone is the gateway's look into its store each second.
            double more = many - few - (idle * (longer - shorter).TotalSeconds);
            double perPacket = more / ((Many - Few) / LargestPacket);
            rounds.Add($"{perPacket:0.0} bytes a packet (few {few}, many {many}, idle {idle:0} a second, {longer} against {shorter})");
            if (perPacket < BytesPerPacket)
            {
                return;
            }
        }

        Assert.Fail(string.Join("; ", rounds));
    }

    [Fact]
    public async Task Threads_that_wait_for_sockets_never_look_into_the_store_nor_agree_on_keys()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { RekeyMegabytes = 1 });
        await MoveAsync(gateway, "aes256-gcm@openssh.com", down: true, Few);
        await MoveAsync(gateway, "aes256-gcm@openssh.com", down: false, Few);
        await using (ServerProcess ssh = gateway.StartSsh("alice@web", "-tt", "echo here; sleep 600"))
        {
            await ssh.LineAsync("here");
            long id = (await gateway.SessionsAsync(liveOnly: true))[^1].Id;
            Assert.Null((await gateway.Product.Sessions.KillAsync(TestGateway.Local, id, "enough", CancellationToken.None)).Refusal);
            await ssh.ExitedAsync();
        }

        await Poll.UntilAsync("the three sessions' ends", () => gateway.Log.Split('\n').Count(line => line.Contains("ended: ", StringComparison.Ordinal) && line.Contains("bytes in", StringComparison.Ordinal)) == 3);
        Assert.Contains("key exchange 12 ", gateway.Log, StringComparison.Ordinal);

        // Each of these steps says a line where it is done.
        Assert.Empty(gateway.LinesOfSocketThreads);
    }

    private static async Task<(long Allocated, TimeSpan Time)> MoveAsync(TestGateway gateway, string cipher, bool down, long bytes)
    {
        string options = string.Join(' ', gateway.SshOptions(gateway.AliceKey)) + $" -c {cipher}";
        string line = down
            ? $"ssh {options} alice@web@127.0.0.1 'head -c {bytes} /dev/zero' > /dev/null"
            : $"head -c {bytes} /dev/zero | ssh {options} alice@web@127.0.0.1 'cat > /dev/null'";
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        (await Run.ProgramAsync("bash", ["-o", "pipefail", "-c", line], null, limit: TimeSpan.FromMinutes(3))).Succeeded();
        return (GC.GetTotalAllocatedBytes(precise: true) - before, Stopwatch.GetElapsedTime(start));
    }

    private static async Task<double> IdlePerSecondAsync(TestGateway gateway)
    {
        await using ServerProcess ssh = gateway.StartSsh("alice@web", "-tt", "echo here; sleep 600");
        await ssh.LineAsync("here");
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await Poll.UntilAsync("two seconds of rest", () => Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(2));
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
