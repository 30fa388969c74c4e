using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>One account or one resource, read again whenever something changed; its lists are parts of their own.</summary>
internal sealed class DetailsModel
{
    private readonly Workplace _work;
    private readonly string _name;
    private Refusal? _refusal;
    private RotationOutlook? _outlook;
    private bool _loading;

    public DetailsModel(Workplace work, Place place)
    {
        (_work, _name) = (work, place.Subject);
        Reference = AccountRef.Parse(place.Subject) is { IsOk: true } account ? account.Value : null;
    }

    public event Action? Changed;

    /// <summary>It has come, or has been refused.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Null: a resource is shown.</summary>
    public AccountRef? Reference { get; }

    /// <summary>The account shown; null when a resource is, or until it has come.</summary>
    public Account? Account { get; private set; }

    /// <summary>The resource shown, or the account's; null until it has come.</summary>
    public Resource? Resource { get; private set; }

    /// <summary>Why the person may do what he may with the account, in one sentence; empty: not known.</summary>
    public string Why { get; private set; } = "";

    /// <summary>The pairs of what is shown; null until it has come.</summary>
    public Metadata? Metadata => Reference is null ? Resource?.Metadata : Account?.Metadata;

    public IReadOnlyList<string> Crumbs => Reference is { } account ? [account.Resource, account.Account] : [_name];

    public IReadOnlyList<StyledLine> Fields => _refusal is { } no ? [StyledLine.Of(no.Message, Tone.Bad)]
        : Account is { } account ? DetailsText.Fields(account, Resource, _outlook, _work.Now)
        : Reference is null && Resource is { } resource ? DetailsText.Fields(resource, _work.Now)
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
                await (Reference is { } reference ? LoadAsync(reference, ct) : LoadResourceAsync(ct));
            }
            finally
            {
                _loading = false;
            }

            IsRead = true;
            Changed?.Invoke();
        });
    }

    private async Task LoadAsync(AccountRef reference, CancellationToken ct)
    {
        Result<Account> answer = await _work.Jobs.CallAsync(c => _work.Product.Accounts.FindAsync(_work.Actor, reference, c), ct);
        _refusal = answer.Refusal;
        Account = answer.IsOk ? answer.Value : null;
        if (Account is null)
        {
            return;
        }

        Result<Resource> resource = await _work.Jobs.CallAsync(c => _work.Product.Resources.FindAsync(_work.Actor, reference.Resource, c), ct);
        Resource = resource.IsOk ? resource.Value : null;
        Result<RotationOutlook> outlook = await _work.Jobs.CallAsync(c => _work.Product.RotationRounds.OutlookAsync(_work.Actor, reference, c), ct);
        _outlook = outlook.IsOk ? outlook.Value : null;
        Why = "You are at the machine itself: you may do everything.";
        if (_work.Actor.UserId is not null)
        {
            Result<GrantExplanation> why = await _work.Jobs.CallAsync(c => _work.Product.Grants.ExplainAsync(_work.Actor, _work.Actor.Name, reference, c), ct);
            Why = why.IsOk ? Text.Escape(why.Value.Sentence, 512) : "";
        }
    }

    private async Task LoadResourceAsync(CancellationToken ct)
    {
        Result<Resource> answer = await _work.Jobs.CallAsync(c => _work.Product.Resources.FindAsync(_work.Actor, _name, c), ct);
        _refusal = answer.Refusal;
        Resource = answer.IsOk ? answer.Value : null;
    }
}
