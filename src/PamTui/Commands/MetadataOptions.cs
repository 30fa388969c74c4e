using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>--meta and --unset-meta: a new thing gets the pairs, an edited one changes only those that are named.</summary>
internal sealed class MetadataOptions
{
    public Option<string[]> Set { get; } = new("--meta") { Description = "A metadata pair; may be given up to 50 times", HelpName = "KEY=VALUE" };

    public Option<string[]> Unset { get; } = new("--unset-meta") { Description = "Remove this metadata key", HelpName = "KEY" };

    public Result<Metadata> New(Invocation run) => Inputs.MetadataOf(run.Value(Set) ?? []);

    public bool IsGiven(Invocation run) => run.Has(Set) || run.Has(Unset);

    public Result<Metadata> Changed(Invocation run, Metadata before)
    {
        Result<Metadata> set = New(run);
        if (set.Refusal is { } refusal)
        {
            return refusal;
        }

        Dictionary<string, string> pairs = new(before, StringComparer.Ordinal);
        foreach (string key in run.Value(Unset) ?? [])
        {
            if (!pairs.Remove(key))
            {
                return Refusal.NotFound($"There is no metadata key {Text.Quote(key)} to remove.");
            }
        }

        foreach ((string key, string value) in set.Value)
        {
            pairs[key] = value;
        }

        return Metadata.From(pairs);
    }
}
