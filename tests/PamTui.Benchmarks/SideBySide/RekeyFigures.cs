namespace PamTui.Benchmarks.SideBySide;

/// <summary>
/// What fresh keys each GiB cost: the same bulk transfer through a gateway that renews keys so often and through one that never does. Both
/// count every byte of channel data.
/// </summary>
internal static class RekeyFigures
{
    private const long Size = (5L << 30) / 2;

    public static async IAsyncEnumerable<Figure> MeasureAsync(SideBySideOptions options)
    {
        await using Rig often = await Rig.StartAsync(program: options.Program, environment: options.GatewayEnvironment);
        await using Rig never = await Rig.StartAsync(program: options.Program, environment: options.GatewayEnvironment, settings: """{ "Gateway": { "RekeyMegabytes": 65536 } }""");
        CipherChoice choice = CipherChoice.All[0];
        Lab renewing = await BulkFigures.LabAsync(often, choice, "often");
        Lab keeping = await BulkFigures.LabAsync(never, choice, "never");
        foreach (bool down in (bool[])[true, false])
        {
            // The route that never renews stands where the direct one does.
            yield return new Figure(
                $"bulk {(down ? "down" : "up")}, {choice.Words}, 2.5 GiB: gateway with fresh keys each GiB : gateway without", "MB/s", MoreIsBetter: true,
                await Figure.MeasureAsync(often, [Route.Direct, Route.Gateway], options.Runs, route =>
                    BulkFigures.RateAsync(route == Route.Gateway ? renewing : keeping, Route.Gateway, Size, down)),
                Gigabytes: Size / 1e9);
        }
    }
}
