using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>How a name that is being typed may go on, asked from the vault; an answer that newer letters have overtaken is dropped.</summary>
/// <param name="find">The names that what is typed may become, the likeliest first.</param>
internal sealed class Completion(Jobs jobs, Func<string, CancellationToken, Task<IReadOnlyList<string>>> find)
{
    private string? _typed;
    private CancellationTokenSource? _finding;

    public event Action? Changed;

    public IReadOnlyList<string> Shown { get; private set; } = [];

    /// <summary>What Tab takes; null: no name was begun, none fits, or it is whole.</summary>
    public string? Picked => _typed is { Length: > 0 } typed && typed[^1] is not ('/' or ':') && Shown.Count > 0 && !Shown.Contains(typed) ? Shown[0] : null;

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
