using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>One account or one resource, read again whenever something changed.</summary>
internal sealed class DetailsModel
{
    private readonly HomeModel _home;
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
            ? DetailsText.Full(account, _home.ResourceOf(account), _home.SshLines(account), _home.Now)
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
}
