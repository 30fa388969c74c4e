using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of resources can show.</summary>
internal static class ResourceColumns
{
    public static IReadOnlyList<ListColumn<Resource>> All(TimeProvider time) =>
    [
        new("resource", 20, 3, row => new Span(row.Name)) { IsFixed = true, Sort = Words.Of(ResourceSort.Name) },
        new("kind", 10, 0, row => new Span(Words.Of(row.Kind), Tone.Dim)) { Sort = Words.Of(ResourceSort.Kind), GivesWay = true },
        new("address", 16, 3, row => new Span(DetailsText.Address(row))) { Sort = Words.Of(ResourceSort.Host) },
        new("accounts", 8, 0, row => new Span(row.AccountCount.ToString(CultureInfo.InvariantCulture), Tone.Dim)) { Right = true, Sort = Words.Of(ResourceSort.Accounts) },
        new("identity", 14, 0, Identity),
        new("rotates by", 12, 0, row => new Span(row.RotationAccount ?? "", Tone.Dim)) { IsUsual = false },
        new("changed", 11, 0, row => new Span(StatusWords.Ago(row.Updated, time.GetUtcNow()), Tone.Dim)) { IsUsual = false },
        new("description", 12, 2, row => new Span(Text.Escape(row.Description), Tone.Dim)) { IsUsual = false },
        new("metadata", 12, 3, row => new Span(string.Join(' ', row.Metadata.Select(pair => Text.Escape(pair.Key) + "=" + Text.Escape(pair.Value))), Tone.Dim)),
    ];

    private static Span Identity(Resource row) => row switch
    {
        { Kind: not ResourceKind.Linux, TlsMode: TlsMode.Verify } => new Span("● TLS verified", Tone.Good),
        { Kind: not ResourceKind.Linux } => new Span("○ TLS " + Words.Of(row.TlsMode), Tone.Warn),
        { HostKeys.Count: > 0 } => new Span("● key pinned", Tone.Good),
        { IsKnown: true } => new Span("● host CA", Tone.Good),
        _ => new Span("○ no key yet", Tone.Warn),
    };
}
