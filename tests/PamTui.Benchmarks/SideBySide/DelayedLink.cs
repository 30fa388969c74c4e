using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PamTui.Servers;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>
/// A link that takes its time: this machine at one end, a network namespace of its own at the other, and each IP packet held back on the way.
/// TCP sees it as it sees an ocean. The delay is all it does: it is as wide as the machine is quick. Root only.
/// </summary>
internal sealed class DelayedLink : IAsyncDisposable
{
    public const string Near = "10.213.77.1";

    private const string Far = "10.213.77.2";
    private const int PacketSize = 1500;
    private const int Look = 200;

    /// <summary>Packets on the way in one direction, 96 MB: a hundred windows. What comes on top is lost.</summary>
    private const int Capacity = 64 * 1024;

    private readonly string _namespace = string.Create(CultureInfo.InvariantCulture, $"pamtui-link-{Environment.ProcessId}");
    private readonly TunDevice _near = new(NearName);
    private readonly TunDevice _far = new(FarName);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _delay;
    private Task _running = Task.CompletedTask;

    private DelayedLink(TimeSpan delay) => _delay = delay;

    /// <summary>What to put before a command that runs at the far end.</summary>
    public string[] AtFarEnd => ["ip", "netns", "exec", _namespace];

    private static string NearName => string.Create(CultureInfo.InvariantCulture, $"pamn{Environment.ProcessId}");

    private static string FarName => string.Create(CultureInfo.InvariantCulture, $"pamf{Environment.ProcessId}");

    /// <param name="delay">One way.</param>
    public static async Task<DelayedLink> StartAsync(TimeSpan delay)
    {
        DelayedLink link = new(delay);
        try
        {
            await IpAsync("netns", "add", link._namespace);
            await IpAsync("link", "set", FarName, "netns", link._namespace);
            await UpAsync([], NearName, Near, Far);
            await UpAsync(["-n", link._namespace], FarName, Far, Near);
            link._running = Task.WhenAll(link.Carry(link._near, link._far), link.Carry(link._far, link._near));
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _near.Dispose();
        _far.Dispose();
        await Run.ProgramAsync("ip", "netns", "del", _namespace);
        _stop.Dispose();
    }

    private static async Task UpAsync(string[] where, string name, string own, string peer)
    {
        await IpAsync([.. where, "addr", "add", own, "peer", peer, "dev", name]);
        await IpAsync([.. where, "link", "set", name, "mtu", PacketSize.ToString(CultureInfo.InvariantCulture), "txqueuelen", "20000", "up"]);
    }

    private static async Task IpAsync(params string[] arguments) => (await Run.ProgramAsync("ip", arguments)).Succeeded();

    private Task Carry(TunDevice from, TunDevice to)
    {
        ConcurrentQueue<(byte[] Packet, long Taken)> way = new();
        return Task.WhenAll(
            Task.Factory.StartNew(() => Take(from, way), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            HandOverAsync(to, way));
    }

    private void Take(TunDevice from, ConcurrentQueue<(byte[] Packet, long Taken)> way)
    {
        byte[] buffer = new byte[PacketSize];
        while (!_stop.IsCancellationRequested)
        {
            if (from.Read(buffer, Look) is > 0 and int length && way.Count < Capacity)
            {
                way.Enqueue((buffer[..length], Stopwatch.GetTimestamp()));
            }
        }
    }

    private async Task HandOverAsync(TunDevice to, ConcurrentQueue<(byte[] Packet, long Taken)> way)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                while (way.TryPeek(out (byte[] Packet, long Taken) first) && Stopwatch.GetElapsedTime(first.Taken) >= _delay && way.TryDequeue(out first))
                {
                    to.Write(first.Packet);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What is still on the way is lost.
        }
    }
}
