using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of groups can show.</summary>
internal static class GroupColumns
{
    public static IReadOnlyList<ListColumn<Group>> All { get; } =
    [
        new("group", 16, 1, static row => new Span(row.Name)) { IsFixed = true },
        new("members", 7, 0, static row => new Span(row.Members.Count.ToString(CultureInfo.InvariantCulture), row.Members.Count == 0 ? Tone.Warn : Tone.Normal)) { Right = true },
        new("who", 20, 4, static row => new Span(string.Join(' ', row.Members), Tone.Dim)),
    ];
}
