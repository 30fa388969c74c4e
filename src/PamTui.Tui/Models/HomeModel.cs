using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Tui.Models;

/// <summary>
/// The first screen without its looks: the accounts that a person goes to, what needs somebody, his live sessions. The parts are
/// read beside each other and none waits for another.
/// </summary>
internal sealed class HomeModel
{
    private const int MaxRecent = 20;
    private const int FirstOfEachKind = 20;

    // The audit of a busy vault moves all the time; nobody reads quicker than this.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly Workplace _work;
    private readonly Place _place;
    private readonly HashSet<HomePart> _loading = [];
    private readonly HashSet<HomePart> _again = [];

    public HomeModel(Workplace work, Place place)
    {
        (_work, _place) = (work, place);
        foreach (HomePart part in Parts)
        {
            part.StartWith(place.List(part.Name).Selected);
        }

        Here = Parts.FirstOrDefault(part => part.Name == place.Part) ?? Accounts;
    }

    public event Action? Changed;

    public HomePart Accounts { get; } = new("accounts", "YOUR ACCOUNTS", HomeRows.AccountColumns);

    public HomePart Attention { get; } = new("attention", "NEEDS ATTENTION", HomeRows.AttentionColumns);

    public HomePart Sessions { get; } = new("sessions", "LIVE SESSIONS", HomeRows.SessionColumns);

    public IReadOnlyList<HomePart> Parts => [Accounts, Attention, Sessions];

    /// <summary>The part in use.</summary>
    public HomePart Here { get; private set; }

    public void Focus(HomePart part)
    {
        Here = part;
        _place.Part = part.Name;
    }

    public void Select(HomePart part, int index)
    {
        part.Select(index);
        _place.List(part.Name).Selected = part.Pointed?.Name;
    }

    /// <summary>Reads the parts again that do not follow by themselves.</summary>
    public void Load()
    {
        Load(Accounts, LoadAccountsAsync);
        Load(Attention, LoadAttentionAsync);
    }

    /// <summary>Reads all parts, and again whenever something happens, until the place is left.</summary>
    public void Follow(CancellationToken left)
    {
        _work.Jobs.Follow(FollowSessionsAsync, left);
        _work.Jobs.Follow(FollowVaultAsync, left);
    }

    // What is asked for while the answer is on its way may not be in it: it is asked for once more.
    private void Load(HomePart part, Func<CancellationToken, Task> read)
    {
        if (!_loading.Add(part))
        {
            _again.Add(part);
            return;
        }

        _work.Jobs.Start(async ct =>
        {
            try
            {
                do
                {
                    _again.Remove(part);
                    await read(ct);
                    Changed?.Invoke();
                }
                while (_again.Contains(part));
            }
            finally
            {
                _loading.Remove(part);
            }
        });
    }

    private async Task LoadAccountsAsync(CancellationToken ct)
    {
        Task<Result<Page<Account>>> favourites = _work.Jobs.CallAsync(c => _work.Product.Favourites.ListAsync(_work.Actor, new PageRequest(0, Favourites.Max), c), ct);
        Task<Result<Page<RecentAccount>>> recent = _work.Jobs.CallAsync(c => _work.Product.Favourites.RecentAsync(_work.Actor, _work.Options.SignInName, new PageRequest(0, MaxRecent), c), ct);
        Task<Result<Page<Account>>> all = _work.Jobs.CallAsync(c => _work.Product.Accounts.ListAsync(_work.Actor, "", new PageRequest(0, HomeRows.Few), c), ct);
        await Task.WhenAll(favourites, recent, all);
        if (((await favourites).Refusal ?? (await recent).Refusal ?? (await all).Refusal) is { } no)
        {
            Accounts.Show(no);
            return;
        }

        Page<Account> seen = (await all).Value;
        Accounts.Show(
            HomeRows.Accounts((await favourites).Value.Items, (await recent).Value.Items, seen, _work.Now),
            seen.Total,
            HomeRows.NoAccounts(_work.Actor, seen.Total));
    }

    private async Task LoadAttentionAsync(CancellationToken ct)
    {
        Result<IReadOnlyList<AttentionGroup>> groups = await _work.Jobs.CallAsync(c => _work.Product.Attention.ListAsync(_work.Actor, FirstOfEachKind, c), ct);
        if (groups.Refusal is { } no)
        {
            Attention.Show(no);
        }
        else
        {
            Attention.Show(HomeRows.Attention(groups.Value), groups.Value.Sum(group => group.Count), HomeRows.NoAttention);
        }
    }

    private async Task FollowVaultAsync(CancellationToken ct)
    {
        await foreach (Done _ in _work.Product.Audit.MovesAsync(ct))
        {
            Load();
            await Task.Delay(s_pause, _work.Time, ct);
        }
    }

    // Of a user his own; who works at the machine itself is nobody's user and sees all.
    private async Task FollowSessionsAsync(CancellationToken ct)
    {
        SessionQuery mine = new(_work.Actor.UserId is null ? "" : "user=" + _work.Actor.Name, LiveOnly: true);
        await foreach (Result<Page<SessionRecord>> live in _work.Product.Sessions.WatchAsync(_work.Actor, mine, ct))
        {
            if (live.Refusal is { } no)
            {
                Sessions.Show(no);
            }
            else
            {
                Sessions.Show(HomeRows.Sessions(live.Value.Items, _work.Now), live.Value.Total, HomeRows.NoSessions);
            }

            Changed?.Invoke();
        }
    }
}
