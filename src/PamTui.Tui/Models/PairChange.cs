using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A change to the metadata of many: a pair that each gets, or a key that none keeps.</summary>
/// <param name="Value">Null: the key goes.</param>
internal sealed record PairChange(string Key, string? Value)
{
    /// <param name="line">"key=value", or "-key".</param>
    public static Result<PairChange> Parse(string line)
    {
        if (line.StartsWith('-') && !line.Contains('=', StringComparison.Ordinal))
        {
            return line.Length > 1 ? new PairChange(line[1..].Trim(), null) : Refusal.Invalid("Name the key behind the '-'.", "metadata");
        }

        Result<KeyValuePair<string, string>> pair = Metadata.ParsePair(line);
        return pair.Refusal is { } no ? no : new PairChange(pair.Value.Key, pair.Value.Value);
    }

    public Result<Metadata> On(Metadata metadata)
    {
        Dictionary<string, string> pairs = metadata.ToDictionary();
        if (Value is null)
        {
            pairs.Remove(Key);
        }
        else
        {
            pairs[Key] = Value;
        }

        return Metadata.From(pairs);
    }
}
