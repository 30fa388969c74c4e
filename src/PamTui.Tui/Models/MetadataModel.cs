using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A pair as it will be, beside what it was.</summary>
/// <param name="Value">Null: it goes.</param>
/// <param name="Before">Null: it is new.</param>
internal sealed record PairRow(string Key, string? Value, string? Before)
{
    public bool IsChanged => Value != Before;
}

/// <summary>Pairs while they are edited; they are saved all at once.</summary>
internal sealed class MetadataModel(Metadata metadata)
{
    private readonly SortedDictionary<string, string> _before = new(metadata.ToDictionary(), StringComparer.Ordinal);
    private SortedDictionary<string, string> _pairs = new(metadata.ToDictionary(), StringComparer.Ordinal);

    /// <summary>Pairs there will be.</summary>
    public int Count => _pairs.Count;

    public bool IsTouched => !_pairs.SequenceEqual(_before);

    /// <summary>What will be and what goes, by key.</summary>
    public IReadOnlyList<PairRow> Rows =>
    [
        .. _pairs.Keys.Union(_before.Keys).Order(StringComparer.Ordinal).Select(key => new PairRow(key, _pairs.GetValueOrDefault(key), _before.GetValueOrDefault(key))),
    ];

    public Result<Metadata> Result => Metadata.From(_pairs);

    /// <summary>"1 new, 2 changed, 1 removed"; empty: all is as it was.</summary>
    public string Changes
    {
        get
        {
            List<PairRow> changed = [.. Rows.Where(row => row.IsChanged)];
            (int Count, string Word)[] kinds =
            [
                (changed.Count(row => row.Before is null), "new"),
                (changed.Count(row => row is { Before: not null, Value: not null }), "changed"),
                (changed.Count(row => row.Value is null), "removed"),
            ];
            return string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Word}"));
        }
    }

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

    /// <summary>Takes the pair away; one that was taken away comes back.</summary>
    public Refusal? DeleteOrRestore(PairRow row)
    {
        if (row is { Value: null, Before: { } before })
        {
            return Try(pairs => pairs[row.Key] = before);
        }

        _pairs.Remove(row.Key);
        return null;
    }

    /// <summary>Lines of key=value in place of all pairs there are; lines that are none change nothing.</summary>
    public void Replace(string lines)
    {
        SortedDictionary<string, string> kept = _pairs;
        _pairs = new(StringComparer.Ordinal);
        if (PutLines(lines) is not null)
        {
            _pairs = kept;
        }
    }

    /// <summary>All as it was.</summary>
    public void Undo() => _pairs = new(_before, StringComparer.Ordinal);

    private Refusal? Try(Action<SortedDictionary<string, string>> change)
    {
        SortedDictionary<string, string> changed = new(_pairs, StringComparer.Ordinal);
        change(changed);
        if (Metadata.From(changed).Refusal is { } no)
        {
            return no;
        }

        _pairs = changed;
        return null;
    }
}
