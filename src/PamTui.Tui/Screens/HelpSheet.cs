using PamTui.Tui.Models;

namespace PamTui.Tui.Screens;

/// <summary>The keys of the screen below, with what each does; typing narrows them, Enter does one.</summary>
internal static class HelpSheet
{
    public static void Run(Frame frame) => PickSheet.Run(
        frame.Session,
        "Keys",
        new PickModel([.. frame.Actions.Select(action => Choice.Of(action, frame.Perform))], frame.Session.Jobs),
        "type to find a key");
}
