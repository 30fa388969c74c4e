using System.Globalization;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>The figures as a table for docs/performance.md.</summary>
internal static class MarkdownTable
{
    private const string Head =
        """
        | figure | direct | `-J` | nested | gateway | gateway : direct | gateway : `-J` | CPU of the gateway |
        |---|---|---|---|---|---|---|---|
        """;

    public static void Write(TextWriter output, IEnumerable<Figure> figures)
    {
        output.WriteLine(Head);
        foreach (Figure figure in figures)
        {
            output.WriteLine(string.Join(" | ",
                "| " + figure.Name,
                Value(figure, Route.Direct),
                Value(figure, Route.Jump),
                Value(figure, Route.Nested),
                Value(figure, Route.Gateway),
                Ratio(figure, Route.Direct),
                Ratio(figure, Route.Jump),
                Cpu(figure) + " |"));
        }
    }

    private static string Value(Figure figure, Route route) =>
        figure.Routes.TryGetValue(route, out Samples? samples) ? string.Create(CultureInfo.InvariantCulture, $"{Short(samples.Median)} {figure.Unit} ±{samples.Spread:P0}").Replace(" %", "%", StringComparison.Ordinal) : "";

    private static string Ratio(Figure figure, Route other) =>
        figure.Routes.TryGetValue(Route.Gateway, out Samples? gateway) && figure.Routes.TryGetValue(other, out Samples? samples)
            ? string.Create(CultureInfo.InvariantCulture, $"**{gateway.Median / samples.Median:0.00}**")
            : "";

    private static string Cpu(Figure figure)
    {
        if (!figure.Routes.TryGetValue(Route.Gateway, out Samples? gateway))
        {
            return "";
        }

        return figure.Gigabytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{gateway.GatewaySeconds / figure.Gigabytes:0.00} s/GB")
            : string.Create(CultureInfo.InvariantCulture, $"{gateway.GatewaySeconds:0.00} s");
    }

    private static string Short(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture);
}
