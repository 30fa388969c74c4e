using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Asks for one line, which may be empty. Esc is no answer.</summary>
internal sealed class AskSheet : Sheet
{
    private readonly LineEditor _typed;
    private readonly LineField _field;
    private readonly ButtonRow _buttons;
    private string? _answer;

    private AskSheet(TuiSession session, string title, IReadOnlyList<string> lines, string action, int maxLength)
        : base(session, title, 70, 7 + lines.Count)
    {
        _typed = new LineEditor(maxLength);
        TextPane text = new() { Lines = [.. lines.Select(line => StyledLine.Of(line))], Indent = 2 };
        text.Place(0, 1, InnerColumns, lines.Count);
        _field = new LineField(_typed);
        _field.Place(2, lines.Count + 2, InnerColumns - 4, 1);
        ActionButton go = new(action);
        ActionButton cancel = new("Cancel");
        go.Pressed += Accept;
        cancel.Pressed += Close;
        Add(text, _field);
        _buttons = new ButtonRow(go, cancel);
        _buttons.Place(2, lines.Count + 4);
        _buttons.AddTo(this);
        Initialized += (_, _) => _field.SetFocus();
    }

    /// <returns>What was typed, without blanks around it; null: nobody wants to go on.</returns>
    public static string? Ask(TuiSession session, string title, string question, string action, int maxLength)
    {
        using AskSheet sheet = new(session, title, TextCut.Wrap(question, 64), action, maxLength);
        session.App.Run(sheet);
        return sheet._answer;
    }

    protected override bool OnCommandKey(Key key)
    {
        if (key == Key.Enter && _field.HasFocus)
        {
            Accept();
            return true;
        }

        return _buttons.Move(key);
    }

    protected override void Dispose(bool disposing)
    {
        _typed.Dispose();
        base.Dispose(disposing);
    }

    private void Accept()
    {
        _answer = _typed.Text.Trim();
        Close();
    }
}
