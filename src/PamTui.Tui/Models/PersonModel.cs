using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>One user or one group with what was granted, read again whenever something changed.</summary>
internal sealed class PersonModel(Workplace work, string name, bool isGroup)
{
    private const int MaxGrants = 100;

    private readonly List<StyledLine> _lines = [];
    private Refusal? _refusal;
    private bool _loading;

    public event Action? Changed;

    public User? User { get; private set; }

    public Group? Group { get; private set; }

    public IReadOnlyList<StyledLine> Lines => _refusal is { } no ? [StyledLine.Of(no.Message, Tone.Bad)] : _lines;

    public void Load()
    {
        if (_loading)
        {
            return;
        }

        _loading = true;
        work.Jobs.Start(async ct =>
        {
            try
            {
                await (isGroup ? LoadGroupAsync(ct) : LoadUserAsync(ct));
            }
            finally
            {
                _loading = false;
            }

            Changed?.Invoke();
        });
    }

    private async Task LoadUserAsync(CancellationToken ct)
    {
        Result<User> user = await work.Jobs.CallAsync(c => work.Product.Users.FindAsync(work.Actor, name, c), ct);
        (User, _refusal) = (user.IsOk ? user.Value : null, user.Refusal);
        if (User is { } found)
        {
            Result<UserActivity> activity = await work.Jobs.CallAsync(c => work.Product.Users.ActivityAsync(work.Actor, name, c), ct);
            await ShowAsync(PeopleText.Of(found, activity.IsOk ? activity.Value : null, work.Now), new GrantQuery(OfUser: name), ct);
        }
    }

    private async Task LoadGroupAsync(CancellationToken ct)
    {
        Result<Group> group = await work.Jobs.CallAsync(c => work.Product.Groups.FindAsync(work.Actor, name, c), ct);
        (Group, _refusal) = (group.IsOk ? group.Value : null, group.Refusal);
        if (Group is { } found)
        {
            await ShowAsync(PeopleText.Of(found), new GrantQuery(Grantee: "group:" + name), ct);
        }
    }

    private async Task ShowAsync(IReadOnlyList<StyledLine> lines, GrantQuery query, CancellationToken ct)
    {
        Result<Page<Grant>> grants = await work.Jobs.CallAsync(c => work.Product.Grants.SearchAsync(work.Actor, query, new PageRequest(0, MaxGrants), c), ct);
        _lines.Clear();
        _lines.AddRange(lines);
        if (grants.IsOk)
        {
            _lines.AddRange(PeopleText.Grants(grants.Value, work.Now));
        }
    }
}
