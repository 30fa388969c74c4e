using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>--since and --until of a list of what happened.</summary>
internal sealed class PeriodOptions
{
    private readonly Option<string?> _since = new("--since") { Description = "From then on (2026-12-31, 2026-12-31T18:00Z), or so long ago (30m, 8h, 7d)", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Before then, or so long ago", HelpName = "TIME" };

    public Verb On(Verb verb)
    {
        verb.Add(_since);
        verb.Add(_until);
        return verb;
    }

    public Result<(DateTimeOffset? Since, DateTimeOffset? Until)> Read(Invocation run)
    {
        DateTimeOffset now = run.Context.Time.GetUtcNow();
        Result<DateTimeOffset?> since = Moments.Past(run.Value(_since), "--since", now);
        Result<DateTimeOffset?> until = Moments.Past(run.Value(_until), "--until", now);
        return (since.Refusal ?? until.Refusal) is { } bad ? bad : (since.Value, until.Value);
    }
}
