namespace PamTui.Benchmarks.SideBySide;

/// <summary>
/// Zeros over a link of 100 ms there and back, behind which stand gateway and target: what counts there are the windows of SSH, not the
/// processor. The client's is 2 MiB in OpenSSH, so 20 MB/s is what a direct session can have.
/// </summary>
internal static class LinkFigures
{
    private static readonly TimeSpan s_oneWay = TimeSpan.FromMilliseconds(50);

    public static async IAsyncEnumerable<Figure> MeasureAsync(SideBySideOptions options)
    {
        if (!File.Exists(TunDevice.Path))
        {
            await Console.Error.WriteLineAsync($"link: left out, {TunDevice.Path} is missing");
            yield break;
        }

        await using DelayedLink link = await DelayedLink.StartAsync(s_oneWay);
        await using Rig rig = await Rig.StartAsync(address: DelayedLink.Near, environment: options.GatewayEnvironment);
        CipherChoice choice = CipherChoice.All[0];
        Lab lab = await BulkFigures.LabAsync(rig, choice, "link");
        Route[] routes = [.. options.Routes.Where(route => route is Route.Direct or Route.Gateway)];
        foreach (bool down in (bool[])[true, false])
        {
            yield return new Figure(
                $"bulk {(down ? "down" : "up")} over 100 ms, {choice.Words}", "MB/s", MoreIsBetter: true,
                await Figure.MeasureAsync(rig, routes, options.Runs, route => BulkFigures.RateAsync(lab, route, options.Size, down, link.AtFarEnd)),
                Gigabytes: options.Size / 1e9);
        }
    }
}
