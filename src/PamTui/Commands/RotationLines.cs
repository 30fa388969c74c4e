using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The steps of a rotation as they pass, a line each on stderr: "applied   ok      12 ms".</summary>
internal sealed class RotationLines(TextWriter error) : IProgress<RotationProgress>
{
    private readonly Lock _gate = new();

    public void Report(RotationProgress value)
    {
        if (value.State == StageState.Running)
        {
            return;
        }

        string state = value.State == StageState.Passed ? "ok" : "failed";
        lock (_gate)
        {
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Words.Of(value.Step),-9} {state,-6} {value.Elapsed.TotalMilliseconds,6:0} ms"));
            error.Flush();
        }
    }
}
