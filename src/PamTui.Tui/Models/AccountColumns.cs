using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of accounts can show.</summary>
internal static class AccountColumns
{
    public static IReadOnlyList<ListColumn<Account>> All(TimeProvider time, Starred starred) =>
    [
        new("account", 24, 4, row => new Span(row.Reference.ToString())) { IsFixed = true, IsReference = true, Sort = Words.Of(AccountSort.Resource) },
        new("favourite", 6, 0, row => starred.Has(row) ? Starred.Word : new Span("")) { Header = "FAV", Sort = Words.Of(AccountSort.Favourite) },
        new("name", 10, 2, row => new Span(row.Name)) { IsUsual = false, Sort = Words.Of(AccountSort.Name) },
        new("username", 10, 2, row => new Span(Text.Escape(row.Username))) { Sort = Words.Of(AccountSort.Username) },
        new("kind", 10, 0, row => new Span(Words.Of(row.Kind), Tone.Dim)) { IsUsual = false, Sort = Words.Of(AccountSort.Kind) },
        new("credential", 11, 0, row => new Span(Words.Of(row.Credential), Tone.Dim)) { IsUsual = false },
        new("privilege", 10, 0, row => new Span(Text.Escape(row.Privilege), Tone.Dim)) { IsUsual = false },
        new("check", 13, 0, Check) { Sort = Words.Of(AccountSort.Check) },
        new("checked", 11, 0, row => Ago(row.LastChecked, time)) { Sort = Words.Of(AccountSort.LastChecked), GivesWay = true },
        new("rotated", 11, 0, row => Ago(row.Rotation.Last, time)) { IsUsual = false },
        new("rotation", 12, 0, Rotation) { IsUsual = false, Sort = Words.Of(AccountSort.RotationDue) },
        new("alias", 12, 1, row => new Span(row.Alias ?? "")) { IsUsual = false },
        new("description", 12, 2, row => new Span(Text.Escape(row.Description), Tone.Dim)) { IsUsual = false },
        new("metadata", 12, 3, row => new Span(string.Join(' ', row.Metadata.Select(pair => Text.Escape(pair.Key) + "=" + Text.Escape(pair.Value))), Tone.Dim)),
    ];

    private static Span Check(Account row)
    {
        Span word = StatusWords.Word(row);
        return word with { Text = StatusWords.Glyph(row.CheckState).Text + " " + word.Text };
    }

    private static Span Rotation(Account row) => row.Rotation switch
    {
        { State: RotationState.NeedsAttention } => new Span("✗ two creds", Tone.Bad),
        { Failures: > 0 } => new Span("✗ failing", Tone.Bad),
        { State: { } state and not (RotationState.Promoted or RotationState.Failed) } => new Span("↻ " + Words.Of(state), Tone.Warn),
        { Last: not null } => new Span("● rotated", Tone.Good),
        _ => new Span("- never", Tone.Dim),
    };

    private static Span Ago(DateTimeOffset? then, TimeProvider time) => new(then is { } at ? StatusWords.Ago(at, time.GetUtcNow()) : "never", Tone.Dim);
}
