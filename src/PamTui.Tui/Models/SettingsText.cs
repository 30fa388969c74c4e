using System.Runtime.InteropServices;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>The screen of settings as lines to read.</summary>
internal static class SettingsText
{
    /// <param name="keys">Host keys of the gateway.</param>
    public static IReadOnlyList<StyledLine> Lines(Workplace work, IReadOnlyList<GatewayKey> keys)
    {
        ShellOptions options = work.Options;
        List<StyledLine> lines =
        [
            StyledLine.Of("YOU", Tone.Accent),
            Row("Signed in as", $"{Text.Escape(work.Actor.Name)}, {(work.Actor.UserId is null ? "at the machine itself: admin" : Words.Of(work.Actor.Role))}"),
            Row("From", Text.Escape(work.Actor.Source)),
            Row("Theme", $"{Words.Of(work.State.Theme)}: {Describe(work.State.Theme)}"),
        ];
        if (options.NoColor)
        {
            lines.Add(Row("", "NO_COLOR is set where this runs: no theme shows colours.", Tone.Warn));
        }

        lines.Add(Row("Keys", "M lists those of all screens; ? those of the screen one is at"));
        Section(lines, "HOST KEYS OF THE GATEWAY");
        lines.Add(keys.Count == 0
            ? StyledLine.Of("  none is known here: the gateway has never run on this data folder", Tone.Dim)
            : StyledLine.Of("  ssh shows one of them when it meets this gateway for the first time", Tone.Dim));
        lines.AddRange(keys.Select(key => new StyledLine(new Span("  " + Text.Escape(key.Type).PadRight(22), Tone.Dim), new Span(key.Fingerprint))));

        Section(lines, "PROGRAM");
        lines.Add(Row("Version", "pamtui " + Text.Escape(options.Version)));
        lines.Add(Row("Runs on", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"));
        lines.Add(Row("Connect lines", $"name {Text.Escape(options.GatewayHost)}, port {options.GatewayPort}"));
        if (work.Actor.IsAdmin)
        {
            Section(lines, "WHERE");
            lines.Add(Row("Data", Text.Escape(options.DataFolder, 512)));
            lines.Add(Row("Log", Text.Escape(options.LogPlace, 512)));
        }

        return lines;
    }

    public static string Describe(ThemeChoice theme) => theme switch
    {
        ThemeChoice.Terminal => "text and ground as your terminal has them",
        ThemeChoice.Dark => "light text on a dark ground",
        ThemeChoice.Light => "dark text on a white ground",
        _ => "white and few strong colours on black, nothing dim",
    };

    private static StyledLine Row(string label, string value, Tone tone = Tone.Normal) => new(new Span("  " + label.PadRight(14), Tone.Dim), new Span(value, tone));

    private static void Section(List<StyledLine> lines, string title)
    {
        lines.Add(StyledLine.Blank);
        lines.Add(StyledLine.Of(title, Tone.Accent));
    }
}
