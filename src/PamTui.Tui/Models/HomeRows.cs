using System.Globalization;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Tui.Models;

/// <summary>What the parts of the first screen say.</summary>
internal static class HomeRows
{
    /// <summary>Who sees no more than so many accounts has all of them before him.</summary>
    public const int Few = 50;

    public static IReadOnlyList<GridColumn> AccountColumns { get; } = [new("", 6), new("ACCOUNT", 18, 3) { IsReference = true }, new("USERNAME", 9, 1), new("CHECK", 13), new("USED", 11)];

    public static IReadOnlyList<GridColumn> AttentionColumns { get; } = [new("", 18), new("ACCOUNT", 18, 2) { IsReference = true }, new("WHY", 8, 3)];

    public static IReadOnlyList<GridColumn> SessionColumns { get; } = [new("SESSION", 7), new("USER", 7, 1), new("ACCOUNT", 14, 3) { IsReference = true }, new("FROM", 8, 1), new("STARTED", 11)];

    /// <summary>Favourites, then what was used last, then, when there are few, the others.</summary>
    public static IReadOnlyList<HomeRow> Accounts(IReadOnlyList<Account> favourites, IReadOnlyList<RecentAccount> recent, Page<Account> all, DateTimeOffset now)
    {
        Dictionary<long, DateTimeOffset> used = recent.ToDictionary(one => one.Account.Id, one => one.LastUsed);
        HashSet<long> shown = [];
        List<HomeRow> rows = [];
        void Add(Span mark, IEnumerable<Account> accounts) => rows.AddRange(accounts.Where(account => shown.Add(account.Id)).Select(account => Of(mark, account, used, now)));
        Add(Starred.Word, favourites);
        Add(new Span("↺ used", Tone.Dim), recent.Select(one => one.Account));
        Add(new Span(""), all.Total <= Few ? all.Items : []);
        if (rows.Count > 0 && all.Total > rows.Count)
        {
            rows.Add(More(string.Create(CultureInfo.InvariantCulture, $"all {all.Total}…"), 1, 5, new Place(PlaceName.Accounts)));
        }

        return rows;
    }

    public static IReadOnlyList<StyledLine> NoAccounts(Actor actor, int total) => total > 0
        ? [StyledLine.Of(string.Create(CultureInfo.InvariantCulture, $"{total} accounts, none of them a favourite or used by you yet.")), StyledLine.Of("/ finds one by a word or env=prod, f makes it a favourite, b browses the resources.", Tone.Dim)]
        : actor.IsAdmin
            ? [StyledLine.Of("No accounts yet: press a to add a resource, then an account on it."), StyledLine.Of("A resource is a server or a database to reach; an account is one set of credentials on it.", Tone.Dim)]
            : [StyledLine.Of("Nothing is granted to you yet."), StyledLine.Of("Ask an admin for a grant; r looks again.", Tone.Dim)];

    public static IReadOnlyList<HomeRow> Attention(IReadOnlyList<AttentionGroup> groups)
    {
        List<HomeRow> rows = [];
        foreach (AttentionGroup group in groups)
        {
            Span word = Word(group.Kind);
            rows.AddRange(group.First.Select(account => new HomeRow(
                $"{group.Kind} {account.Reference}",
                [word, new Span(account.Reference.ToString()), new Span(Text.Escape(Why(group.Kind, account)), Tone.Dim)])
            {
                Account = account,
                Way = new Place(PlaceName.Account, account.Reference.ToString()),
            }));
            if (group.Count > group.First.Count && group.Filter is { } filter)
            {
                Place all = new(PlaceName.Accounts);
                all.List().Filter = filter;
                rows.Add(More(string.Create(CultureInfo.InvariantCulture, $"all {group.Count}…"), 1, 3, all, group.Kind.ToString(), word));
            }
        }

        return rows;
    }

    public static IReadOnlyList<StyledLine> NoAttention { get; } =
        [StyledLine.Of("Nothing needs you: what was checked signs in, and no rotation is late.", Tone.Good), StyledLine.Of("c on an account checks it now.", Tone.Dim)];

    public static IReadOnlyList<HomeRow> Sessions(IReadOnlyList<SessionRecord> live, DateTimeOffset now) =>
    [
        .. live.Select(row => new HomeRow(
            row.Id.ToString(CultureInfo.InvariantCulture),
            [
                new Span(row.Id.ToString(CultureInfo.InvariantCulture)),
                new Span(row.User),
                new Span(row.Target),
                new Span(Text.Escape(row.Source), Tone.Dim),
                new Span(StatusWords.Ago(row.Started, now), Tone.Dim),
            ])
        {
            Way = row.ForwardTo is null ? new Place(PlaceName.Account, row.Target) : new Place(PlaceName.Resource, row.Resource),
        }),
    ];

    public static IReadOnlyList<StyledLine> NoSessions { get; } = [StyledLine.Of("No session is live."), StyledLine.Of("Enter on an account begins one; 4 shows those that have ended.", Tone.Dim)];

    private static HomeRow Of(Span mark, Account account, Dictionary<long, DateTimeOffset> used, DateTimeOffset now)
    {
        Span check = StatusWords.Word(account);
        return new HomeRow(
            account.Reference.ToString(),
            [
                mark,
                new Span(account.Reference.ToString()),
                new Span(Text.Escape(account.Username)),
                check with { Text = StatusWords.Glyph(account.CheckState).Text + " " + check.Text },
                new Span(used.TryGetValue(account.Id, out DateTimeOffset then) ? StatusWords.Ago(then, now) : "", Tone.Dim),
            ])
        {
            Account = account,
        };
    }

    private static HomeRow More(string words, int at, int cells, Place way, string name = "", Span first = default)
    {
        Span[] row = [.. Enumerable.Repeat(new Span(""), cells)];
        row[0] = first.Text is null ? row[0] : first;
        row[at] = new Span(words, Tone.Accent);
        return new HomeRow(name + words, row) { Way = way };
    }

    private static Span Word(AttentionKind kind) => kind switch
    {
        AttentionKind.TwoCredentials => new Span("✗ two credentials", Tone.Bad),
        AttentionKind.Rejected => new Span("✗ rejected", Tone.Bad),
        AttentionKind.RotationStopped => new Span("✗ rotation stopped", Tone.Bad),
        AttentionKind.Unreachable => new Span("✗ unreachable", Tone.Bad),
        AttentionKind.RotationFailing => new Span("↻ rotation fails", Tone.Warn),
        AttentionKind.RotationOverdue => new Span("↻ overdue", Tone.Warn),
        AttentionKind.NeverRotated => new Span("↻ never rotated", Tone.Warn),
        AttentionKind.Unverified => new Span("○ unverified", Tone.Warn),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Why(AttentionKind kind, Account account) => kind switch
    {
        AttentionKind.Rejected or AttentionKind.Unreachable => account.LastCheckError ?? "",
        AttentionKind.Unverified => "c checks it",
        AttentionKind.RotationOverdue or AttentionKind.NeverRotated => account.Rotation.Error ?? "t rotates it",
        _ => account.Rotation.Error ?? "",
    };
}
