using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>One account or one resource, read again whenever something changed.</summary>
internal sealed class DetailsModel
{
    private const int HistoryRows = 20;

    private readonly HomeModel _home;
    private readonly List<StyledLine> _more = [];
    private Refusal? _refusal;
    private bool _loading;

    public DetailsModel(HomeModel home, Account account) => (_home, Account) = (home, account);

    public DetailsModel(HomeModel home, Resource resource) => (_home, Resource) = (home, resource);

    public event Action? Changed;

    /// <summary>The account shown; null when a resource is.</summary>
    public Account? Account { get; private set; }

    /// <summary>The resource shown; null when an account is.</summary>
    public Resource? Resource { get; private set; }

    public IReadOnlyList<string> Crumbs => Account is { } account ? [account.Resource, account.Name] : [Resource!.Name];

    public IReadOnlyList<StyledLine> Lines => _refusal is { } no
        ? [StyledLine.Of(no.Message, Tone.Bad)]
        : Account is { } account
            ? [.. DetailsText.Full(account, _home.ResourceOf(account), _home.SshLines(account), _home.Now), .. _more]
            : DetailsText.Full(Resource!, _home.Now);

    /// <summary>Reads it again.</summary>
    public void Load()
    {
        if (_loading)
        {
            return;
        }

        _loading = true;
        _home.Jobs.Start(async ct =>
        {
            try
            {
                if (Account is { } account)
                {
                    Result<Account> answer = await _home.Jobs.CallAsync(c => _home.Product.Accounts.FindAsync(_home.Actor, account.Reference, c), ct);
                    _refusal = answer.Refusal;
                    Account = answer.IsOk ? answer.Value : account;
                    await LoadMoreAsync(account.Reference, ct);
                }
                else
                {
                    Result<Resource> answer = await _home.Jobs.CallAsync(c => _home.Product.Resources.FindAsync(_home.Actor, Resource!.Name, c), ct);
                    _refusal = answer.Refusal;
                    Resource = answer.IsOk ? answer.Value : Resource;
                }
            }
            finally
            {
                _loading = false;
            }

            Changed?.Invoke();
        });
    }

    // Both may be refused to a member: then there is nothing to add.
    private async Task LoadMoreAsync(AccountRef reference, CancellationToken ct)
    {
        _more.Clear();
        if (_home.Actor.UserId is not null)
        {
            Result<GrantExplanation> why = await _home.Jobs.CallAsync(c => _home.Product.Grants.ExplainAsync(_home.Actor, _home.Actor.Name, reference, c), ct);
            if (why.IsOk)
            {
                _more.AddRange(DetailsText.Why(why.Value));
            }
        }

        Result<RotationOutlook> outlook = await _home.Jobs.CallAsync(c => _home.Product.RotationRounds.OutlookAsync(_home.Actor, reference, c), ct);
        if (outlook.IsOk && Account is { } account)
        {
            _more.AddRange(DetailsText.Rotation(account, outlook.Value, _home.Now));
        }

        Result<Page<AuditRow>> history = await _home.Jobs.CallAsync(c => _home.Product.Accounts.HistoryAsync(_home.Actor, reference, new PageRequest(0, HistoryRows), c), ct);
        if (history.IsOk)
        {
            _more.AddRange(DetailsText.History(history.Value.Items));
        }
    }
}
