using PamTui.EndToEnd;
using PamTui.Servers;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>
/// The gateway beside what people would use instead, in one interleaved run on one machine: direct ssh, ssh -J, ssh through ssh. Prints each
/// figure as it is there, then the table.
/// </summary>
internal static class SideBySideRun
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        SideBySideOptions options;
        try
        {
            options = SideBySideOptions.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }

        if (!File.Exists(options.Program))
        {
            await Console.Error.WriteLineAsync($"{options.Program} is not there: dotnet build PamTui.sln -c Release");
            return 1;
        }

        List<Figure> figures = [];
        await foreach (Figure figure in MeasureAsync(options))
        {
            figures.Add(figure);
            await Console.Error.WriteLineAsync($"{figure.Name}: {string.Join(", ", figure.Routes.Select(route => $"{route.Key} {route.Value.Median:0.0}"))} {figure.Unit}");
        }

        MarkdownTable.Write(Console.Out, figures);
        return 0;
    }

    private static async IAsyncEnumerable<Figure> MeasureAsync(SideBySideOptions options)
    {
        if (options.Only.Any(name => name is not ("rekey" or "link")))
        {
            await using Rig rig = await Rig.StartAsync(program: options.Program, environment: options.GatewayEnvironment);
            await Console.Error.WriteLineAsync($"the gateway is process {rig.GatewayProcess}");
            foreach (string name in options.Only)
            {
                IAsyncEnumerable<Figure>? figures = name switch
                {
                    "bulk" => BulkFigures.MeasureAsync(rig, options),
                    "echo" => EchoFigures.MeasureAsync(rig, options),
                    "connect" => ConnectFigures.MeasureAsync(rig, options),
                    "setups" => SetupFigures.MeasureAsync(rig, options),
                    _ => null,
                };
                if (figures is not null)
                {
                    await foreach (Figure figure in figures)
                    {
                        yield return figure;
                    }
                }
            }
        }

        if (options.Only.Contains("link"))
        {
            await foreach (Figure figure in LinkFigures.MeasureAsync(options))
            {
                yield return figure;
            }
        }

        if (options.Only.Contains("rekey"))
        {
            await foreach (Figure figure in RekeyFigures.MeasureAsync(options))
            {
                yield return figure;
            }
        }
    }
}
