namespace PamTui.Benchmarks.SideBySide;

/// <summary>One row of the table: a name, what the numbers are, and the samples of each route.</summary>
/// <param name="MoreIsBetter">A rate; else a time.</param>
/// <param name="Gigabytes">Moved by one run, for the processor seconds per gigabyte; 0: per run.</param>
internal sealed record Figure(string Name, string Unit, bool MoreIsBetter, IReadOnlyDictionary<Route, Samples> Routes, double Gigabytes = 0)
{
    /// <summary>
    /// Measures each route once a run, in an order that turns with the runs, so that whatever else the machine does falls on all of them alike.
    /// </summary>
    public static async Task<IReadOnlyDictionary<Route, Samples>> MeasureAsync(Rig rig, IReadOnlyList<Route> routes, int runs, Func<Route, Task<double>> once)
    {
        Dictionary<Route, Samples> samples = routes.ToDictionary(route => route, _ => new Samples());
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < routes.Count; i++)
            {
                Route route = routes[(run + i) % routes.Count];
                double before = rig.GatewaySeconds();
                double value = await once(route);
                samples[route].Add(value, rig.GatewaySeconds() - before);
            }
        }

        return samples;
    }
}
