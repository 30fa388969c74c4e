using PamTui.Core.Model;
using PamTui.Core.Rotation;

namespace PamTui.Commands;

/// <summary>How a round dealt with each account, a line each as it ends.</summary>
internal sealed class RoundLines(TextWriter output) : IProgress<RoundOutcome>
{
    private readonly Lock _gate = new();

    public void Report(RoundOutcome value)
    {
        string what = value.Row is { } row ? Words.Of(row.State) : value.Hook is null ? "refused" : "";
        string hook = value.Hook is { } ran ? " hook " + Words.Of(ran.State) : "";
        string why = (value.Error ?? value.Hook?.Error) is { } error ? ": " + error : "";
        lock (_gate)
        {
            output.WriteLine(Text.Escape($"{value.Account} {(what + hook).Trim()}{why}", 1024));
            output.Flush();
        }
    }
}
