using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>--sort of a list.</summary>
internal sealed class SortOption<T>
    where T : struct, Enum
{
    private readonly Option<string?> _option;
    private readonly Func<T, string> _wordOf;

    public SortOption(Func<T, string> wordOf)
    {
        string[] words = [.. Enum.GetValues<T>().Select(wordOf)];
        _wordOf = wordOf;
        _option = new Option<string?>("--sort") { Description = $"By {string.Join(", ", words)}; several with commas, '-' in front: from the end", HelpName = "KEY,-KEY" };
        _option.CompletionSources.Add(words);
    }

    public Verb On(Verb verb)
    {
        verb.Add(_option);
        return verb;
    }

    public bool IsUnused(Invocation run) => !run.Has(_option);

    public Result<IReadOnlyList<SortKey<T>>> Read(Invocation run) => SortKeys.Parse(run.Value(_option) ?? "", _wordOf);
}
