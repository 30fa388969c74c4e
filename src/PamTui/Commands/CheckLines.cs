using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The stages of a check as they pass, a line each on stderr: "sign in   ok      12 ms".</summary>
internal sealed class CheckLines(TextWriter error) : IProgress<CheckProgress>
{
    private readonly Lock _gate = new();

    public void Report(CheckProgress value)
    {
        if (value.State == StageState.Running)
        {
            return;
        }

        string state = value.State == StageState.Passed ? "ok" : value.IsFirstContact ? "not known yet" : "failed";
        lock (_gate)
        {
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Shapes.Of(value.Stage),-9} {state,-6} {value.Elapsed.TotalMilliseconds,6:0} ms"));
            error.Flush();
        }
    }
}
