using System.Globalization;
using PamTui.Benchmarks.SideBySide;
using PamTui.EndToEnd;

namespace PamTui.Benchmarks.Databases;

/// <summary>
/// The command line <c>databases [--only pgbench,slap,first,copy,idle] [--runs 5] [--seconds 20] [--program PATH]</c>: databases through the
/// gateway beside OpenSSH's own tunnel to the same server, in turn, so that whatever else the machine does falls on both alike.
/// </summary>
internal static class DatabasesRun
{
    private static readonly string[] s_all = ["pgbench", "slap", "first", "copy", "idle"];

    public static Task<int>? TryRun(IReadOnlyList<string> arguments) => arguments is ["databases", ..] ? RunAsync([.. arguments.Skip(1)]) : null;

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        (string[] only, int runs, int seconds, string program) = (s_all, 5, 20, Vault.Program);
        for (int i = 0; i + 1 < arguments.Count; i += 2)
        {
            string value = arguments[i + 1];
            switch (arguments[i])
            {
                case "--only":
                    only = value.Split(',');
                    break;
                case "--runs":
                    runs = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "--seconds":
                    seconds = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "--program":
                    program = Path.GetFullPath(value);
                    break;
                default:
                    throw new FormatException($"{arguments[i]} is no option: --only, --runs, --seconds, --program.");
            }
        }

        await using DatabaseRig rig = await DatabaseRig.StartAsync(program);
        DatabaseFigures figures = new(rig, seconds);
        await figures.PrepareAsync();
        await Console.Out.WriteLineAsync("| figure | direct | OpenSSH `-L` | gateway | gateway : OpenSSH |\n|---|---|---|---|---|");
        foreach (bool tls in (bool[])[false, true])
        {
            string legs = tls ? ", TLS to the server" : "";
            if (only.Contains("pgbench"))
            {
                await RowAsync($"pgbench -S, 8 clients{legs}, transactions a second", runs, [Way.OpenSsh, Way.Gateway], way => figures.PgBenchAsync(way, tls));
            }

            if (only.Contains("slap"))
            {
                await RowAsync($"mariadb-slap, 8 clients, point selects{legs}, a second", runs, [Way.OpenSsh, Way.Gateway], way => figures.SlapAsync(way, tls));
            }

            if (only.Contains("first"))
            {
                await RowAsync($"psql -c 'SELECT 1'{legs}, ms", 3 * runs, Enum.GetValues<Way>(), way => figures.FirstQueryAsync(way, tls));
            }

            if (only.Contains("copy"))
            {
                await RowAsync($"COPY of 1 GiB out{legs}, MB/s", runs, [Way.OpenSsh, Way.Gateway], way => figures.CopyOutAsync(way, tls));
                await RowAsync($"COPY of 1 GiB in{legs}, MB/s", runs, [Way.OpenSsh, Way.Gateway], way => figures.CopyInAsync(way, tls));
            }
        }

        if (only.Contains("idle"))
        {
            double idle = await figures.IdleAsync();
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nmemory of an idle database session: {idle:0} KiB"));
        }

        return 0;
    }

    private static async Task RowAsync(string name, int runs, Way[] ways, Func<Way, Task<double>> once)
    {
        Dictionary<Way, List<double>> values = ways.ToDictionary(static way => way, static _ => new List<double>());
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                Way way = ways[(run + i) % ways.Length];
                values[way].Add(await once(way));
            }
        }

        string Value(Way way) => values.TryGetValue(way, out List<double>? all) ? string.Create(CultureInfo.InvariantCulture, $"{Samples.MedianOf(all):0.#}") : "";
        double ratio = Samples.MedianOf(values[Way.Gateway]) / Samples.MedianOf(values[Way.OpenSsh]);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Value(Way.Direct)} | {Value(Way.OpenSsh)} | {Value(Way.Gateway)} | **{ratio:0.00}** |"));
    }
}
