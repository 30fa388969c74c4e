using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Tui.Models;

/// <summary>The favourites of the person, so that every list can say of a row whether it is one. Read when first asked for, and after each change.</summary>
internal sealed class Starred
{
    private readonly Workplace _work;
    private HashSet<long> _ids = [];
    private bool _isAsked;
    private bool _isKnown;

    public Starred(Workplace work)
    {
        _work = work;
        work.Changed += Load;
    }

    public event Action? Changed;

    /// <summary>Never by the glyph alone.</summary>
    public static Span Word { get; } = new("★ fav", Tone.Warn);

    public bool Has(Account account)
    {
        if (!_isAsked)
        {
            _isAsked = true;
            Load();
        }

        return _ids.Contains(account.Id);
    }

    // What is not known yet is asked for first: else the key would do the opposite of what the row says.
    public void Toggle(Account account) => _work.Jobs.Start(async ct =>
    {
        if (!_isKnown)
        {
            _isAsked = true;
            await ReadAsync(ct);
        }

        AccountRef reference = account.Reference;
        if (_ids.Contains(account.Id))
        {
            _work.Do(c => _work.Product.Favourites.RemoveAsync(_work.Actor, reference, c), $"{reference} is no favourite any more.");
        }
        else
        {
            _work.Do(c => _work.Product.Favourites.AddAsync(_work.Actor, reference, c), $"{reference} is a favourite: the first screen has it.");
        }
    });

    private void Load()
    {
        if (_isAsked)
        {
            _work.Jobs.Start(ReadAsync);
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        Result<Page<Account>> all = await _work.Jobs.CallAsync(c => _work.Product.Favourites.ListAsync(_work.Actor, new PageRequest(0, Favourites.Max), c), ct);
        _isKnown |= all.IsOk;
        if (all.IsOk && !_ids.SetEquals(all.Value.Items.Select(account => account.Id)))
        {
            _ids = [.. all.Value.Items.Select(account => account.Id)];
            Changed?.Invoke();
        }
    }
}
