namespace PamTui.Benchmarks.SideBySide;

/// <summary>Complete sessions (`ssh … true`) a second, 32 loops at once.</summary>
internal static class SetupFigures
{
    private const int Loops = 32;
    private const int SessionsPerLoop = 4;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Rig rig, SideBySideOptions options)
    {
        foreach ((string words, Lab lab) in await ConnectFigures.LabsAsync(rig, "setups"))
        {
            yield return new Figure(
                $"set-ups, {Loops} at once, {words}", "/s", MoreIsBetter: true,
                await Figure.MeasureAsync(rig, options.Routes, options.Runs, route => RateAsync(lab, route)));
        }
    }

    private static async Task<double> RateAsync(Lab lab, Route route)
    {
        string loops = $"pids=(); for l in $(seq {Loops}); do (for i in $(seq {SessionsPerLoop}); do {lab.Ssh(route, "true")} </dev/null || exit 1; done) & pids+=($!); done; for p in ${{pids[@]}}; do wait $p || exit 1; done";
        return Loops * SessionsPerLoop / await Lab.TimeAsync(loops);
    }
}
