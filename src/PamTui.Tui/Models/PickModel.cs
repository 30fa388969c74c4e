using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>One line of a list to pick from.</summary>
/// <param name="Keys">The keys that do the same without the list.</param>
/// <param name="Run">Null: only to be read.</param>
/// <param name="WhyNot">Why it cannot be picked now; null: it can.</param>
internal sealed record Choice(string Words, Action? Run, string Keys = "", string? WhyNot = null)
{
    public static Choice Of(ScreenAction action, Action<ScreenAction> perform) =>
        new(action.What, action.Run is null ? null : () => perform(action), string.Join(' ', action.KeyNames), action.WhyNot());
}

/// <summary>A list to pick one line from: the letters typed leave those that fit, the best first.</summary>
internal sealed class PickModel
{
    private readonly IReadOnlyList<Choice> _choices;
    private readonly Jobs _jobs;
    private readonly Func<string, CancellationToken, Task<IReadOnlyList<Choice>>>? _find;
    private IReadOnlyList<Choice> _found = [];
    private CancellationTokenSource? _finding;
    private string _query = "";

    /// <param name="find">Looks for more that fits what is typed (resources, accounts); null: there is no more.</param>
    /// <param name="selected">Where it begins.</param>
    public PickModel(IReadOnlyList<Choice> choices, Jobs jobs, Func<string, CancellationToken, Task<IReadOnlyList<Choice>>>? find = null, int selected = 0)
    {
        (_choices, _jobs, _find) = (choices, jobs, find);
        Shown = choices;
        Select(selected);
    }

    public event Action? Changed;

    public IReadOnlyList<Choice> Shown { get; private set; }

    public int Selected { get; private set; }

    public Choice? Picked => Selected < Shown.Count ? Shown[Selected] : null;

    /// <summary>False: more is being looked for, and the line that is selected may not be the one that is meant.</summary>
    public bool IsSettled => _finding is null || Selected > 0 || (Picked is { } choice && Fuzzy.Holds(choice.Words, _query));

    public void Select(int index) => Selected = Math.Clamp(index, 0, Math.Max(0, Shown.Count - 1));

    public void Type(string query)
    {
        _finding?.Cancel();
        _finding = null;
        _found = [];
        _query = query;
        Selected = 0;
        Show();
        if (query.Length > 0 && _find is { } find)
        {
            CancellationTokenSource finding = new();
            _finding = finding;
            _jobs.Start(
                async ct =>
                {
                    using CancellationTokenSource own = finding;
                    IReadOnlyList<Choice> found = await find(query, ct);
                    if (_finding == own)
                    {
                        _finding = null;
                        _found = found;
                        Show();
                    }
                },
                finding.Token);
        }
    }

    // What was found by its name comes before that which has the letters here and there.
    private void Show()
    {
        Choice? moved = Selected > 0 ? Picked : null;
        if (_query.Length == 0)
        {
            Shown = _choices;
        }
        else
        {
            ILookup<bool, Choice> fits = _choices.Select(choice => (Choice: choice, Score: Fuzzy.Score(choice.Words, _query)))
                .Where(fit => fit.Score is not null).OrderByDescending(fit => fit.Score)
                .ToLookup(fit => Fuzzy.Holds(fit.Choice.Words, _query), fit => fit.Choice);
            Shown = [.. fits[true], .. _found, .. fits[false]];
        }

        Select(moved is null ? 0 : Math.Max(0, Shown.ToList().IndexOf(moved)));
        Changed?.Invoke();
    }
}
