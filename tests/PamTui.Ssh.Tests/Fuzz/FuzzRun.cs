using System.Diagnostics;
using System.Globalization;
using CsCheck;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Fuzz;

/// <summary>
/// Holds a reader of outside bytes to what it promises: a result or its own refusal, in bounded time and memory. As many inputs as a suite has
/// time for; with PAMTUI_FUZZ_SECONDS set, as many as fit into so many seconds for each reader.
/// </summary>
internal static class FuzzRun
{
    public const string Variable = "PAMTUI_FUZZ_SECONDS";

    /// <summary>Beside four times the input: an exception with its trace, a few strings.</summary>
    public const long Allowance = 64 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    /// <summary>0: a number of inputs instead.</summary>
    public static int Seconds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 0;

    /// <param name="seeds">Valid inputs: all of them must be read without a refusal.</param>
    /// <param name="read">Reads the bytes it is given; may throw the refusals of the engine.</param>
    /// <param name="inputs">In a suite's run.</param>
    /// <param name="allowance">Bytes that may be allocated for any input, beside four times its length.</param>
    public static void Holds(IReadOnlyList<byte[]> seeds, Action<byte[]> read, int inputs = 10_000, long allowance = Allowance)
    {
        foreach (byte[] seed in seeds)
        {
            read(seed);
        }

        Mutations.Of(seeds).Sample(
            input =>
            {
                long start = Stopwatch.GetTimestamp();
                long allocated = Allocated(read, input);
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                long most = allowance + (4L * input.Length);
                if (allocated > most)
                {
                    // Perhaps the first of its way, which pays for what it loads.
                    allocated = Math.Min(allocated, Allocated(read, input));
                }

                Assert.True(allocated <= most, $"{allocated} bytes were allocated for {input.Length} bytes of input");
                Assert.True(took < s_longest, $"{took.TotalSeconds:0.0} s for {input.Length} bytes of input");
            },
            iter: Seconds > 0 ? -1 : inputs,
            time: Seconds > 0 ? Seconds : -1,
            threads: 1,
            print: Convert.ToHexString);
    }

    private static long Allocated(Action<byte[]> read, byte[] input)
    {
        byte[] copy = [.. input];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(copy);
        }
        catch (Exception e) when (e is SshProtocolException or SshKeyFileException)
        {
            // Its own refusal.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
