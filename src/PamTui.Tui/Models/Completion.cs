using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>How a name that is being typed may go on, asked from the vault; an answer that newer letters have overtaken is dropped.</summary>
/// <param name="find">What is typed as it may go on, whole, the likeliest first.</param>
/// <param name="begin">Where in what is typed the part begins that goes on; null: at its start.</param>
internal sealed class Completion(Jobs jobs, Func<string, CancellationToken, Task<IReadOnlyList<string>>> find, Func<string, int>? begin = null)
{
    private string? _typed;
    private CancellationTokenSource? _finding;

    public event Action? Changed;

    public IReadOnlyList<string> Shown { get; private set; } = [];

    /// <summary>What Tab takes; null: no name was begun, none fits, or it is whole.</summary>
    public string? Picked => _typed is { Length: > 0 } typed && typed[^1] is not ('/' or ':') && Shown.Count > 0 && !Shown.Contains(typed) ? Shown[0] : null;

    /// <summary>What of an offer is worth reading: what stands before it is typed already.</summary>
    public string Told(string offer) => _typed is { } typed && begin is not null ? offer[Math.Min(begin(typed), offer.Length)..] : offer;

    public void Type(string text)
    {
        if (text == _typed)
        {
            return;
        }

        _typed = text;
        _finding?.Cancel();
        CancellationTokenSource finding = new();
        _finding = finding;
        Shown = [.. Shown.Where(name => name.StartsWith(text, StringComparison.Ordinal))];
        jobs.Start(
            async ct =>
            {
                using CancellationTokenSource own = finding;
                IReadOnlyList<string> found = await jobs.CallAsync(c => find(text, c), ct);
                if (_finding == own)
                {
                    _finding = null;
                    Shown = found;
                    Changed?.Invoke();
                }
            },
            finding.Token);
    }
}
