using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace PamTui.Core.Model;

/// <summary>
/// Key/value pairs of a resource or account: key 1–64 characters, value 0–1024, at most 50 pairs, a key once; kept as typed,
/// compared exactly. Enumerates in key order (ordinal).
/// </summary>
public sealed class Metadata : IReadOnlyDictionary<string, string>, IEquatable<Metadata>
{
    public const int MaxKeyLength = 64;
    public const int MaxValueLength = 1024;
    public const int MaxPairs = 50;

    private readonly SortedDictionary<string, string> _pairs;

    private Metadata(SortedDictionary<string, string> pairs) => _pairs = pairs;

    public static Metadata Empty { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    public int Count => _pairs.Count;

    public IEnumerable<string> Keys => _pairs.Keys;

    public IEnumerable<string> Values => _pairs.Values;

    public string this[string key] => _pairs[key];

    /// <summary>The pairs if they keep every limit; else the sentence that names the first one that does not.</summary>
    public static Result<Metadata> From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        SortedDictionary<string, string> kept = new(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            if (Check(key, value) is { } refusal)
            {
                return refusal;
            }

            if (!kept.TryAdd(key, value))
            {
                return Refusal.Invalid($"The metadata key {Text.Quote(key)} is given twice.", "metadata");
            }

            if (kept.Count > MaxPairs)
            {
                return Refusal.Invalid($"There are more than {MaxPairs} metadata pairs.", "metadata");
            }
        }

        return new Metadata(kept);
    }

    /// <summary>Reads "key=value" as typed on a command line or pasted into the form; the first '=' splits.</summary>
    public static Result<KeyValuePair<string, string>> ParsePair(string text)
    {
        int split = text.IndexOf('=', StringComparison.Ordinal);
        if (split < 1)
        {
            return Refusal.Invalid($"{Text.Quote(text)} is not metadata: write key=value.", "metadata");
        }

        KeyValuePair<string, string> pair = new(text[..split], text[(split + 1)..]);
        return Check(pair.Key, pair.Value) is { } refusal ? refusal : pair;
    }

    /// <summary>The pairs of a resource that count for an account with these: all but those whose key the account has itself.</summary>
    public Metadata InheritedFrom(Metadata resource) => new(new SortedDictionary<string, string>(resource.Where(pair => !ContainsKey(pair.Key)).ToDictionary(), StringComparer.Ordinal));

    public bool ContainsKey(string key) => _pairs.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _pairs.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(Metadata? other) => other is not null && _pairs.SequenceEqual(other._pairs);

    public override bool Equals(object? obj) => Equals(obj as Metadata);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string key, string value) in _pairs)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    private static Refusal? Check(string key, string value)
    {
        if (key.Length is 0 or > MaxKeyLength)
        {
            return Refusal.Invalid($"The metadata key {Text.Quote(key)} must have 1 to {MaxKeyLength} characters.", "metadata");
        }

        if (key.Any(char.IsControl) || value.Any(char.IsControl))
        {
            return Refusal.Invalid($"The metadata pair {Text.Quote(key)} holds a control character.", "metadata");
        }

        return value.Length > MaxValueLength
            ? Refusal.Invalid($"The value of the metadata key {Text.Quote(key)} has more than {MaxValueLength} characters.", "metadata")
            : null;
    }
}
