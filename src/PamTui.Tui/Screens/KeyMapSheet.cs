using PamTui.Tui.Models;

namespace PamTui.Tui.Screens;

/// <summary>The keys of all screens, made from the table of screens; typing narrows them, Enter goes to the screen.</summary>
internal static class KeyMapSheet
{
    // What a screen about something is made for, to ask it for its keys; it is never shown.
    private const string AnyAccount = "a/b";
    private const string Anything = "a";

    public static void Run(Frame frame)
    {
        List<Choice> choices = [.. CommonActions.Of(frame).Select(action => new Choice("everywhere: " + action.What, null, action.Keys))];
        foreach (PageKind kind in PageTable.All)
        {
            using Page page = kind.Make(frame.Session, frame.Work, new Place(kind.Name, kind.Title.Length > 0 ? "" : kind.Name == PageTable.Account ? AnyAccount : Anything));
            Action? go = kind.Title.Length > 0 ? () => frame.Work.Places.Go(new Place(kind.Name)) : null;
            choices.AddRange(page.Actions.Select(action => new Choice($"{kind.Name}: {action.What}", go, action.Keys, kind.WhyNot(frame.Work))));
        }

        PickSheet.Run(frame.Session, "Keys of all screens", new PickModel(choices, frame.Session.Jobs), "type a screen or what to do; Enter goes to the screen");
    }
}
