using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>How a line of key=value that is being typed may go on: with a key that the vault has already, or with a value that the key has elsewhere.</summary>
internal sealed class PairSuggestions(Workplace work)
{
    public const int Max = 4;

    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);
    private IReadOnlyList<string>? _keys;
    private string _typed = "";

    public event Action? Changed;

    /// <summary>Whole lines; that of a key ends with '='.</summary>
    public IReadOnlyList<string> Shown { get; private set; } = [];

    public int Selected { get; private set; }

    /// <summary>What Tab takes; null: there is nothing.</summary>
    public string? Picked => Selected < Shown.Count ? Shown[Selected] : null;

    public void Move(int by)
    {
        Selected = Math.Clamp(Selected + by, 0, Math.Max(0, Shown.Count - 1));
        Changed?.Invoke();
    }

    public void Type(string line)
    {
        _typed = line.TrimStart();
        Selected = 0;
        int split = _typed.IndexOf('=', StringComparison.Ordinal);
        string key = split < 0 ? "" : _typed[..split];
        if (split < 0 && _keys is null)
        {
            // Asked once: what is typed meanwhile waits for this answer.
            _keys = [];
            Ask(work.Product.Accounts.MetadataKeysAsync, keys => _keys = keys);
        }
        else if (split >= 0 && _values.TryAdd(key, []))
        {
            Ask((actor, ct) => work.Product.KnownPairs.ValuesAsync(actor, key, ct), values => _values[key] = values);
        }

        Show();
    }

    private void Ask(Func<Actor, CancellationToken, Task<Result<IReadOnlyList<string>>>> useCase, Action<IReadOnlyList<string>> keep) => work.Jobs.Start(async ct =>
    {
        Result<IReadOnlyList<string>> found = await work.Jobs.CallAsync(c => useCase(work.Actor, c), ct);
        if (found.IsOk)
        {
            keep(found.Value);
            Show();
        }
    });

    private void Show()
    {
        int split = _typed.IndexOf('=', StringComparison.Ordinal);
        IEnumerable<string> lines = split < 0 ? Fitting(_keys ?? [], _typed).Select(key => key + "=")
            : _values.TryGetValue(_typed[..split], out IReadOnlyList<string>? values) ? Fitting(values, _typed[(split + 1)..]).Select(value => _typed[..(split + 1)] + value)
            : [];
        Shown = [.. lines.Where(line => line != _typed).Take(Max)];
        Changed?.Invoke();
    }

    // What begins so is meant more often than what contains it.
    private static IEnumerable<string> Fitting(IReadOnlyList<string> all, string part) => all
        .Where(one => one.Contains(part, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(one => one.StartsWith(part, StringComparison.OrdinalIgnoreCase));
}
