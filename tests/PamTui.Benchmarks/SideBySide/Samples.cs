namespace PamTui.Benchmarks.SideBySide;

/// <summary>What the runs of one figure gave for one route: the value, and the processor seconds of the gateway during each run.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];
    private readonly List<double> _gatewaySeconds = [];

    public double Median => MedianOf(_values);

    public double GatewaySeconds => MedianOf(_gatewaySeconds);

    /// <summary>The furthest run from the median, as a share of it.</summary>
    public double Spread => _values.Count == 0 || Median == 0 ? 0 : _values.Max(value => Math.Abs(value - Median)) / Median;

    public void Add(double value, double gatewaySeconds)
    {
        _values.Add(value);
        _gatewaySeconds.Add(gatewaySeconds);
    }

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
