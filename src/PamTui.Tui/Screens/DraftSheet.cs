using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Offers what was left of a form. Esc goes on with it: nothing is lost by leaving a question.</summary>
internal sealed class DraftSheet : Sheet
{
    private readonly ButtonRow _buttons;
    private bool _anew;

    private DraftSheet(TuiSession session, string ago)
        : base(session, "Half-filled form", 62, 7)
    {
        TextPane text = new() { Lines = [StyledLine.Of($"You left this form {ago}. Secrets were not kept.")], Indent = 2 };
        text.Place(0, 1, InnerColumns, 1);
        ActionButton goOn = new("Go on with it");
        ActionButton anew = new("Begin anew");
        goOn.Pressed += Close;
        anew.Pressed += () =>
        {
            _anew = true;
            Close();
        };
        Add(text);
        _buttons = new ButtonRow(goOn, anew);
        _buttons.Place(2, 3);
        _buttons.AddTo(this);
        Initialized += (_, _) => goOn.SetFocus();
    }

    /// <returns>True: go on with what was left.</returns>
    public static bool Ask(TuiSession session, string ago)
    {
        using DraftSheet sheet = new(session, ago);
        session.App.Run(sheet);
        return !sheet._anew;
    }

    protected override bool OnCommandKey(Key key) => _buttons.Move(key);
}
