using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>One account or one resource, read again whenever something changed.</summary>
internal sealed class DetailsModel
{
    private const int HistoryRows = 20;

    private readonly Workplace _work;
    private readonly AccountRef? _reference;
    private readonly string _name;
    private readonly ResourceLookup _resourceOf;
    private readonly List<StyledLine> _more = [];
    private Refusal? _refusal;
    private bool _loading;

    public DetailsModel(Workplace work, Place place)
    {
        (_work, _name) = (work, place.Subject);
        _reference = AccountRef.Parse(place.Subject) is { IsOk: true } account ? account.Value : null;
        _resourceOf = new ResourceLookup(work);
        _resourceOf.Found += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public bool IsAccount => _reference is not null;

    /// <summary>The account shown; null when a resource is, or until it has come.</summary>
    public Account? Account { get; private set; }

    /// <summary>The resource shown; null when an account is, or until it has come.</summary>
    public Resource? Resource { get; private set; }

    public IReadOnlyList<string> Crumbs => _reference is { } account ? [account.Resource, account.Account] : [_name];

    public IReadOnlyList<StyledLine> Lines => _refusal is { } no ? [StyledLine.Of(no.Message, Tone.Bad)]
        : Account is { } account ? [.. DetailsText.Full(account, _resourceOf[account], _work.Lines.Ssh(account), _work.Now), .. _more]
        : Resource is { } resource ? [.. DetailsText.Full(resource, _work.Now), .. _more]
        : [];

    /// <summary>Reads it again.</summary>
    public void Load()
    {
        if (_loading)
        {
            return;
        }

        _loading = true;
        _work.Jobs.Start(async ct =>
        {
            try
            {
                _resourceOf.Clear();
                if (_reference is { } reference)
                {
                    Result<Account> answer = await _work.Jobs.CallAsync(c => _work.Product.Accounts.FindAsync(_work.Actor, reference, c), ct);
                    _refusal = answer.Refusal;
                    Account = answer.IsOk ? answer.Value : null;
                    await LoadMoreAsync(reference, ct);
                }
                else
                {
                    Result<Resource> answer = await _work.Jobs.CallAsync(c => _work.Product.Resources.FindAsync(_work.Actor, _name, c), ct);
                    _refusal = answer.Refusal;
                    Resource = answer.IsOk ? answer.Value : null;
                    await LoadMoreAsync(_name, ct);
                }
            }
            finally
            {
                _loading = false;
            }

            Changed?.Invoke();
        });
    }

    // Any of it may be refused to a member: then there is nothing to add.
    private async Task LoadMoreAsync(AccountRef reference, CancellationToken ct)
    {
        _more.Clear();
        if (_work.Actor.UserId is not null)
        {
            Result<GrantExplanation> why = await _work.Jobs.CallAsync(c => _work.Product.Grants.ExplainAsync(_work.Actor, _work.Actor.Name, reference, c), ct);
            if (why.IsOk)
            {
                _more.AddRange(DetailsText.Why(why.Value));
            }
        }

        Result<RotationOutlook> outlook = await _work.Jobs.CallAsync(c => _work.Product.RotationRounds.OutlookAsync(_work.Actor, reference, c), ct);
        if (outlook.IsOk && Account is { } account)
        {
            _more.AddRange(DetailsText.Rotation(account, outlook.Value, _work.Now));
        }

        await AddAsync((c, page) => _work.Product.Grants.SearchAsync(_work.Actor, new GrantQuery(Account: reference), page, c), grants => DetailsHistory.Grants(grants, _work.Now), ct);
        await AddAsync(
            (c, page) => _work.Product.Sessions.SearchAsync(_work.Actor, new SessionQuery($"account={reference.Account} resource={reference.Resource}"), page, c),
            DetailsHistory.Sessions,
            ct);
        await AddAsync((c, page) => _work.Product.Rotations.ListAsync(_work.Actor, reference, page, c), DetailsHistory.Rotations, ct);
        await AddAsync((c, page) => _work.Product.Accounts.HistoryAsync(_work.Actor, reference, page, c), history => DetailsText.History(history.Items), ct);
    }

    private async Task LoadMoreAsync(string resource, CancellationToken ct)
    {
        _more.Clear();
        await AddAsync((c, page) => _work.Product.Grants.SearchAsync(_work.Actor, new GrantQuery(Resource: resource), page, c), grants => DetailsHistory.Grants(grants, _work.Now), ct);
        await AddAsync((c, page) => _work.Product.Sessions.SearchAsync(_work.Actor, new SessionQuery("resource=" + resource), page, c), DetailsHistory.Sessions, ct);
    }

    private async Task AddAsync<T>(Func<CancellationToken, PageRequest, Task<Result<Page<T>>>> ask, Func<Page<T>, IReadOnlyList<StyledLine>> lines, CancellationToken ct)
    {
        Result<Page<T>> answer = await _work.Jobs.CallAsync(c => ask(c, new PageRequest(0, HistoryRows)), ct);
        if (answer.IsOk)
        {
            _more.AddRange(lines(answer.Value));
        }
    }
}
