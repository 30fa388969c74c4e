using System.Diagnostics;
using PamTui.Servers;

namespace PamTui.Benchmarks.Screens;

/// <summary>`pamtui` on this machine's own terminal: from the start of the process to the frame that says so, and to the screen that takes its place.</summary>
internal static class LocalStart
{
    private const string Mark = "+";

    public static async Task<(TimeSpan Frame, TimeSpan Screen)> MeasureAsync(string program, string data, CancellationToken ct)
    {
        // script(1) gives it a terminal, and says what it writes; the mark comes right before the shell becomes the program.
        using Process process = Run.Start(
            Tools.Need("script"),
            ["-qfec", $"stty rows 40 cols 120; printf {Mark}; exec {program} --data {data}", "/dev/null"],
            new Dictionary<string, string?> { ["TERM"] = "xterm-256color" },
            null);
        byte[] buffer = new byte[32 * 1024];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(buffer.AsMemory(0, Mark.Length), ct);
        long start = Stopwatch.GetTimestamp();
        VtScreen screen = new(120, 40);
        TimeSpan frame = await ShownAsync("PamTui");
        TimeSpan home = await ShownAsync("PamTui › home");
        await process.StandardInput.BaseStream.WriteAsync("q"u8.ToArray(), ct);
        await process.StandardInput.BaseStream.FlushAsync(ct);
        await process.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(20), ct);
        return (frame, home);

        async Task<TimeSpan> ShownAsync(string text)
        {
            while (!screen.Shows(text))
            {
                int count = await process.StandardOutput.BaseStream.ReadAsync(buffer, ct);
                if (count == 0)
                {
                    throw new InvalidOperationException("It ended before it showed anything: " + screen.Text);
                }

                screen.Feed(buffer.AsSpan(0, count));
            }

            return Stopwatch.GetElapsedTime(start);
        }
    }
}
