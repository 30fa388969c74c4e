using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The lists in the details of an account.</summary>
internal sealed class AccountParts(TuiSession session, Workplace work, DetailsModel details, AccountRef account)
{
    public IReadOnlyList<DetailsPart> All =>
    [
        Connect(),
        new MetadataPart(session, work, details),
        Access(),
        Sessions(),
        Checks(),
        Rotations(),
        History(),
    ];

    private RowsPart<ReadyLine> Connect() => new(work, "Connect", DetailsColumns.Lines, LinesAsync, static line => line.Number)
    {
        IsCounted = false,
        WhyEmpty = "Its address is not to be seen.",
        Said = () => details.Account is { Kind: not ResourceKind.Linux }
            ? [StyledLine.Of("Leave the first line running; the client at its end needs no password.", Tone.Dim)]
            : [],
        InFull = static line => [.. line.Text.TrimEnd('\n').Split('\n').Select(part => StyledLine.Of(Core.Model.Text.Escape(part, 2048)))],
        Chosen = _ => work.Connect(account),
        Offers = pointed =>
        [
            new("Enter", "connect: a session with it on this terminal", () => work.Connect(account)) { Short = "connect" },
            new("y", "copy the line", () => Copy(pointed() ?? First())) { Short = "copy", WhyNot = () => details.IsRead && details.Account is null ? "There is no line to copy." : null },
        ],
    };

    private RowsPart<Grant> Access() => new(work, "Grants", DetailsColumns.Grants(work.Time), GrantsAsync, static grant => grant.Id)
    {
        WhyEmpty = "No grant reaches it: only admins may use it.",
        Said = () => details.Why.Length == 0 ? [] : [StyledLine.Of(details.Why)],
        InFull = DetailsText.Grant,
    };

    private RowsPart<SessionRecord> Sessions() => new(work, "Sessions", DetailsColumns.Sessions(work.Time, withAccount: false), SessionsAsync, static row => row.Id)
    {
        WhyEmpty = "There was no session with it yet; Enter at Connect begins one.",
        Chosen = row => ReadSheet.Run(session, $"Session {row.Id}", DetailsText.Session(row, work.Now)),
        Offers = static _ => [new("Enter", "the session in full", null) { Short = "show" }],
    };

    private RowsPart<CheckRecord> Checks() => new(
        work,
        "Checks",
        DetailsColumns.Checks,
        (page, ct) => work.Product.CheckHistory.ListAsync(work.Actor, account, page, ct),
        static row => row.Sequence)
    {
        WhyEmpty = "Nobody has signed in to test it yet; c does.",
        InFull = DetailsText.Check,
    };

    private RowsPart<RotationRecord> Rotations() => new(
        work,
        "Rotations",
        DetailsColumns.Rotations,
        (page, ct) => work.Product.Rotations.ListAsync(work.Actor, account, page, ct),
        static row => row.Id)
    {
        WhyEmpty = "Its credential was never rotated; t does.",
        InFull = DetailsText.Rotation,
    };

    private RowsPart<AuditRow> History() => new(
        work,
        "History",
        DetailsColumns.History,
        (page, ct) => work.Product.Accounts.HistoryAsync(work.Actor, account, page, ct),
        static row => row.Sequence)
    {
        WhyEmpty = "The audit has no row about it.",
        InFull = DetailsText.Audit,
    };

    private async Task<Result<Page<ReadyLine>>> LinesAsync(PageRequest page, CancellationToken ct)
    {
        Result<Account> found = await work.Product.Accounts.FindAsync(work.Actor, account, ct);
        if (found.Refusal is { } no)
        {
            return no;
        }

        Result<Resource> resource = await work.Product.Resources.FindAsync(work.Actor, account.Resource, ct);
        IReadOnlyList<ReadyLine> lines = work.Lines.Ready(found.Value, resource.IsOk ? resource.Value : null);
        return new Page<ReadyLine>(lines, 0, lines.Count);
    }

    // A member is told of his own grants only.
    private async Task<Result<Page<Grant>>> GrantsAsync(PageRequest page, CancellationToken ct)
    {
        if (work.Actor.IsAdmin)
        {
            return await work.Product.Grants.SearchAsync(work.Actor, new GrantQuery(Account: account), page, ct);
        }

        Result<GrantExplanation> why = await work.Product.Grants.ExplainAsync(work.Actor, work.Actor.Name, account, ct);
        if (why.Refusal is { } no)
        {
            return no;
        }

        List<Grant> grants = [.. why.Value.Reasons.Where(reason => reason.Holds).Select(reason => reason.Grant)];
        return new Page<Grant>([.. grants.Skip(page.Offset).Take(page.Limit)], page.Offset, grants.Count);
    }

    private Task<Result<Page<SessionRecord>>> SessionsAsync(PageRequest page, CancellationToken ct) =>
        work.Product.Sessions.SearchAsync(work.Actor, new SessionQuery($"account={account.Account} resource={account.Resource}"), page, ct);

    // The selected one until the list has come.
    private ReadyLine? First() => details.Account is { } shown ? work.Lines.Ready(shown, details.Resource)[0] : null;

    private void Copy(ReadyLine? line)
    {
        if (line is not null)
        {
            CopyMenu.Copy(session, work, line.Text, $"the {line.For} line");
        }
    }
}
