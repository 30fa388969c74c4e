using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>Pairs while they are edited; they are saved all at once.</summary>
internal sealed class MetadataModel
{
    private SortedDictionary<string, string> _pairs;

    public MetadataModel(Metadata metadata) => _pairs = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal);

    public int Count => _pairs.Count;

    public bool IsTouched { get; private set; }

    public KeyValuePair<string, string> this[int index] => _pairs.ElementAt(index);

    public Result<Metadata> Result => Metadata.From(_pairs);

    /// <summary>Adds a pair, or gives a key another value. <paramref name="replaced"/> is the key that was edited: it goes when the new one differs.</summary>
    public Refusal? Put(string line, string? replaced = null)
    {
        Result<KeyValuePair<string, string>> pair = Metadata.ParsePair(line.Trim());
        if (pair.Refusal is { } bad)
        {
            return bad;
        }

        if (replaced != pair.Value.Key && _pairs.ContainsKey(pair.Value.Key))
        {
            return Refusal.Invalid($"The metadata key {Text.Quote(pair.Value.Key)} is there already: choose it in the list to change it.", "metadata");
        }

        return Try(pairs =>
        {
            if (replaced is not null)
            {
                pairs.Remove(replaced);
            }

            pairs[pair.Value.Key] = pair.Value.Value;
        });
    }

    /// <summary>Lines of key=value, all or none: a later line of a key wins over what was there, twice in the paste is refused.</summary>
    public Refusal? PutLines(string text)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Result<KeyValuePair<string, string>> pair = Metadata.ParsePair(line);
            if (pair.Refusal is { } bad)
            {
                return bad;
            }

            pairs.Add(pair.Value);
        }

        return Metadata.From(pairs).Refusal ?? Try(all =>
        {
            foreach ((string key, string value) in pairs)
            {
                all[key] = value;
            }
        });
    }

    public void Delete(string key) => IsTouched |= _pairs.Remove(key);

    public int IndexOf(string key) => _pairs.Keys.ToList().IndexOf(key);

    private Refusal? Try(Action<SortedDictionary<string, string>> change)
    {
        SortedDictionary<string, string> changed = new(_pairs, StringComparer.Ordinal);
        change(changed);
        if (Metadata.From(changed).Refusal is { } no)
        {
            return no;
        }

        _pairs = changed;
        IsTouched = true;
        return null;
    }
}
