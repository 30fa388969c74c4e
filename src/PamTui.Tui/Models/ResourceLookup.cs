using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>The resources of accounts, asked for when they have not been seen yet.</summary>
/// <param name="seen">A list that may have them already.</param>
internal sealed class ResourceLookup(Workplace work, ListModel<Resource>? seen = null)
{
    /// <summary>More than a screen shows; then the oldest answers are asked for anew.</summary>
    private const int MaxKept = 256;

    private readonly Dictionary<string, Resource> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>One that was asked for has come.</summary>
    public event Action? Found;

    /// <summary>Null: it is on its way, or not to be seen.</summary>
    public Resource? this[Account account]
    {
        get
        {
            if (seen?.LoadedRows.FirstOrDefault(row => row.Id == account.ResourceId) is { } row)
            {
                return row;
            }

            if (!_found.TryGetValue(account.Resource, out Resource? found) && _asked.Add(account.Resource))
            {
                Ask(account.Resource);
            }

            return found;
        }
    }

    public void Clear()
    {
        _found.Clear();
        _asked.Clear();
    }

    private void Ask(string name) => work.Jobs.Start(async ct =>
    {
        Result<Resource> answer = await work.Jobs.CallAsync(c => work.Product.Resources.FindAsync(work.Actor, name, c), ct);
        if (answer.IsOk)
        {
            if (_found.Count >= MaxKept)
            {
                Clear();
            }

            _found[name] = answer.Value;
            Found?.Invoke();
        }
    });
}
