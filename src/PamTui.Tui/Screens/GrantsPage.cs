using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Who may do what on which accounts: all grants, or those of a user with his groups', of a group, or of an account.</summary>
internal sealed class GrantsPage : ListPage<Grant>
{
    private const string Holding = "holding";
    private const int Named = 20;

    private readonly Explanations _explanations;
    private readonly PeoplePicks _picks;

    public GrantsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.Id)
    {
        _explanations = new Explanations(session, work);
        _picks = new PeoplePicks(session, work);
        Columns = GrantColumns.All(work.Time);
    }

    protected override string Heading => (IsHolding ? "GRANTS THAT HOLD" : "GRANTS") + (Place.Subject.Length == 0 ? "" : Account is null ? " of " + Place.Subject : " on " + Place.Subject);

    protected override IReadOnlyList<ListColumn<Grant>> Columns { get; }

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "what it reaches now, by name", null) { Short = "reaches" },
        new("a", "give a grant; what it would reach is shown first", Add) { Short = "add", WhyNot = () => Work.AdminOnly },
        Of("e", "edit: what it lets do, and its end", "edit", grant => GrantDialogs.Edit(Session, Work, grant)),
        Of("u", "until: move its end (+30d, a date, never)", "until", grant => GrantDialogs.MoveEnd(Session, Work, grant)),
        Of("w", "why: what somebody may do with an account of it, and by which grants", "why", _explanations.OfGrant),
        Of("Del x", "revoke", "revoke", grant => GrantDialogs.Revoke(Session, Work, grant)),
        HoldingOnly,
    ];

    protected override string FilterWords => "filter: words, who=bob, on~web-1, can=reveal, -word, a OR b";

    protected override IReadOnlyList<ScreenAction> MarkedActions =>
    [
        new("Del x", "revoke all marked", RevokeMarked) { Short = "revoke" },
        HoldingOnly,
    ];

    protected override IReadOnlyList<StyledLine> WhyEmpty => IsHolding
        ? [StyledLine.Of("No grant holds now."), StyledLine.Of("o shows those that have ended or have not begun too.", Tone.Dim)]
        : [StyledLine.Of("No grants yet: press a to give the first."), StyledLine.Of("Until then only admins reach accounts.", Tone.Dim)];

    private bool IsHolding => Place.Part == Holding;

    private AccountRef? Account => AccountRef.Parse(Place.Subject) is { IsOk: true } account ? account.Value : null;

    private ScreenAction HoldingOnly => new("o", IsHolding ? "those that have ended or have not begun too" : "only those that hold now", ToggleHolding) { Short = IsHolding ? "all" : "holding" };

    protected override string NameOf(Grant row) => GrantColumns.Number(row);

    protected override Task<Result<Page<Grant>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct)
    {
        string subject = Place.Subject;
        bool isGroup = subject.StartsWith("group:", StringComparison.Ordinal);
        GrantQuery query = new(
            Grantee: isGroup ? subject : null,
            OfUser: isGroup || subject.Length == 0 || Account is not null ? null : subject,
            Account: Account,
            HoldingOnly: IsHolding,
            Filter: filter);
        return Work.Product.Grants.SearchAsync(Work.Actor, query, page, ct);
    }

    protected override void OnChosen()
    {
        if (Pointed is { } grant)
        {
            _picks.Then(
                ct => Work.Product.Grants.PreviewAsync(Work.Actor, grant.Target, Named, ct),
                reach => ReadSheet.Run(Session, "Grant " + NameOf(grant), [StyledLine.Of(GrantColumns.Sentence(grant) + ".", Tone.Strong), StyledLine.Blank, StyledLine.Of(PeopleText.Reach(reach))]));
        }
    }

    private ScreenAction Of(string keys, string what, string shortWord, Action<Grant> act) => new(keys, what, () =>
    {
        if (Pointed is { } grant)
        {
            act(grant);
        }
    })
    {
        Short = shortWord,
        WhyNot = () => Work.AdminOnly ?? (Pointed is null ? "There is no grant to do that with." : null),
    };

    private void Add()
    {
        if (GrantDialogs.Add(Session, Work, Account is null ? Place.Subject : "", Account is null ? "" : Place.Subject) is { } id)
        {
            ShowRow(id.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void RevokeMarked()
    {
        string effect = string.Create(CultureInfo.InvariantCulture, $"{Marks.Count} grants go: whom no other grant lets in can do nothing on their accounts any more, and sessions that stand on one end within seconds.");
        if (ConfirmSheet.Ask(Session, "Revoke grants", effect, "Revoke", string.Create(CultureInfo.InvariantCulture, $"revoke {Marks.Count}")))
        {
            new Batch<Grant>("Revoking", "are revoked", static grant => "grant " + GrantColumns.Number(grant), async (grant, ct) =>
                (await Work.Jobs.CallAsync(c => Work.Product.Grants.RemoveAsync(Work.Actor, grant.Id, c), ct)).Refusal).Start(Work, Marks.Rows, left =>
            {
                Marks.Keep(left);
                Refresh();
            });
        }
    }

    private void ToggleHolding()
    {
        Place.Part = IsHolding ? "" : Holding;
        Marks.Clear();
        Rows.Restart();
        Refresh();
    }
}
