using PamTui.Tui.Models;

namespace PamTui.Tui.Screens;

/// <summary>What can be done at every place.</summary>
internal static class CommonActions
{
    public static IReadOnlyList<ScreenAction> Of(Frame frame) =>
    [
        .. from kind in PageTable.All
           where kind.Title.Length > 0
           select new ScreenAction(kind.Key, $"go to {kind.Name}: {kind.Title}", () => frame.Work.Places.Go(new Place(kind.Name))) { WhyNot = () => kind.WhyNot(frame.Work) },
        new("r F5", "read everything again", frame.Reload),
        new("Esc Ctrl+C", "one step back, never out", frame.StepBack),
        new("Ctrl+L", "paint the screen again", frame.Session.Repaint),
        new(": Ctrl+P", "everything: screens, actions, resources and accounts by name", () => PaletteSheet.Run(frame)) { Short = "all" },
        new("M", "the keys of all screens", () => KeyMapSheet.Run(frame)),
        new("? F1", "these keys", () => HelpSheet.Run(frame)) { Short = "help" },
        new("q", "leave", frame.Work.Leave) { Short = "quit" },
    ];
}
