using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Sessions, the newest first: all that were, or those that are live. The list follows what happens.</summary>
internal sealed class SessionsPage : ListPage<SessionRecord>
{
    private const string Live = "live";
    private const int MaxReason = 200;

    private readonly CancellationTokenSource _left = new();

    public SessionsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place, static row => row.Id) => Columns = SessionColumns.All(work.Time);

    protected override string Heading => IsLive ? "LIVE SESSIONS" : "SESSIONS";

    protected override IReadOnlyList<ListColumn<SessionRecord>> Columns { get; }

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "the account of the session", null) { Short = "account" },
        new("t", "statements: what it asked of its database", ShowStatements) { Short = "statements", WhyNot = () => Pointed is null ? "There is no session to look into." : null },
        new("x Del", "end the session, with a reason that the person sees", Kill) { Short = "end", WhyNot = () => WhyNoKill(Pointed) },
        LiveOnly,
    ];

    protected override string FilterWords => "filter: words, user=bob, account=deploy, endReason~killed, -word, a OR b";

    protected override IReadOnlyList<ScreenAction> MarkedActions =>
    [
        new("x Del", "end the marked sessions, with one reason for all", KillMarked) { Short = "end all" },
        LiveOnly,
    ];

    protected override IReadOnlyList<StyledLine> WhyEmpty => IsLive
        ? [StyledLine.Of("No session is live."), StyledLine.Of("o shows those that have ended.", Tone.Dim)]
        : [StyledLine.Of("There was no session yet."), StyledLine.Of("Enter on an account begins one.", Tone.Dim)];

    private bool IsLive => Place.Part == Live;

    private ScreenAction LiveOnly => new("o", IsLive ? "those that have ended too" : "only those that are live", ToggleLive) { Short = IsLive ? "all" : "only live" };

    public override void Open()
    {
        base.Open();
        Work.Jobs.Follow(FollowAsync, _left.Token);
    }

    protected override string NameOf(SessionRecord row) => row.Id.ToString(CultureInfo.InvariantCulture);

    protected override Task<Result<Page<SessionRecord>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct) =>
        Work.Product.Sessions.SearchAsync(Work.Actor, new SessionQuery(filter, IsLive), page, ct);

    protected override void OnChosen()
    {
        if (Pointed is { } row)
        {
            Work.Places.Go(row.ForwardTo is null ? new Place(PageTable.Account, row.Target) : new Place(PageTable.Resource, row.Resource));
        }
    }

    private void ShowStatements()
    {
        if (Pointed is { } row)
        {
            Work.Places.Go(new Place(PageTable.Statements, NameOf(row)));
        }
    }

    protected override void Dispose(bool disposing)
    {
        _left.Cancel();
        _left.Dispose();
        base.Dispose(disposing);
    }

    // Also while all are shown: one that ends is other than before, and so are the bytes of the live ones.
    private async Task FollowAsync(CancellationToken ct)
    {
        bool isFirst = true;
        await foreach (Result<Page<SessionRecord>> live in Work.Product.Sessions.WatchAsync(Work.Actor, new SessionQuery(LiveOnly: true), ct))
        {
            if (live.Refusal is not null)
            {
                return;
            }

            if (!isFirst)
            {
                Rows.Reload();
            }

            isFirst = false;
        }
    }

    private void ToggleLive()
    {
        Place.Part = IsLive ? "" : Live;
        Marks.Clear();
        Rows.Restart();
        Refresh();
    }

    private static string? WhyNoKill(SessionRecord? row) => row is null ? "There is no session to end."
        : row.Ended is not null ? $"The session {row.Id} has ended already."
        : null;

    private void Kill()
    {
        if (Pointed is { } row && Reason($"The session {row.Id} of {row.User} with {row.Target} ends within seconds.", row.ForwardTo is null) is { } reason)
        {
            Work.Do(ct => Work.Product.Sessions.KillAsync(Work.Actor, row.Id, reason, ct), $"The session {row.Id} ends.");
        }
    }

    private void KillMarked()
    {
        SessionRecord[] live = [.. Marks.Rows.Where(row => row.Ended is null)];
        if (live.Length == 0)
        {
            Work.Tell("All of them have ended already.", Tone.Normal);
            return;
        }

        if (Reason($"{live.Length} live sessions end within seconds.", live.Any(row => row.ForwardTo is null)) is not { } reason)
        {
            return;
        }

        Work.Jobs.Start(async ct =>
        {
            Refusal? no = null;
            int done = 0;
            foreach (SessionRecord row in live)
            {
                Result<Done> killed = await Work.Jobs.CallAsync(c => Work.Product.Sessions.KillAsync(Work.Actor, row.Id, reason, c), ct);
                done += killed.IsOk ? 1 : 0;
                no ??= killed.Refusal;
            }

            Work.Tell(no is null ? $"{done} sessions end." : $"{done} of {live.Length} end. {no.Message}", no is null ? Tone.Good : Tone.Bad);
            Marks.Clear();
            Reload();
        });
    }

    // What is only forwarded has nowhere to be told anything.
    private string? Reason(string effect, bool isTold) =>
        AskSheet.Ask(Session, "End a session", effect + $" The reason, which {(isTold ? "the person sees" : "is kept with the session")}; it may be empty:", "End it", MaxReason);
}
