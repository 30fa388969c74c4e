using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Asks for one line, which may be empty. Esc is no answer.</summary>
internal sealed class AskSheet : Sheet
{
    private const int SheetColumns = 70;
    private const int RowsAround = 7;

    private readonly LineEditor _typed;
    private readonly LineField _field;
    private readonly TextPane _refusal = new() { Indent = 2 };
    private readonly ButtonRow _buttons;
    private readonly int _lines;
    private readonly Func<string, CancellationToken, Task<Refusal?>>? _act;
    private string? _answer;
    private bool _isActing;

    private AskSheet(TuiSession session, string title, IReadOnlyList<string> lines, string action, int maxLength, Func<string, CancellationToken, Task<Refusal?>>? act)
        : base(session, title, SheetColumns, RowsAround + lines.Count)
    {
        (_lines, _act) = (lines.Count, act);
        _typed = new LineEditor(maxLength);
        TextPane text = new() { Lines = [.. lines.Select(line => StyledLine.Of(line))], Indent = 2 };
        text.Place(0, 1, InnerColumns, lines.Count);
        _field = new LineField(_typed);
        _field.Place(2, lines.Count + 2, InnerColumns - 4, 1);
        ActionButton go = new(action);
        ActionButton cancel = new("Cancel");
        go.Pressed += Accept;
        cancel.Pressed += Close;
        Add(text, _field, _refusal);
        _buttons = new ButtonRow(go, cancel);
        _buttons.AddTo(this);
        Say(null);
        Initialized += (_, _) => _field.SetFocus();
    }

    /// <returns>What was typed, without blanks around it; null: nobody wants to go on.</returns>
    public static string? Ask(TuiSession session, string title, string question, string action, int maxLength)
    {
        using AskSheet sheet = new(session, title, TextCut.Wrap(question, 64), action, maxLength, null);
        session.App.Run(sheet);
        return sheet._answer;
    }

    /// <summary>Asks until it is done: a refusal is said in the dialog, and what was typed is still there to be mended.</summary>
    /// <returns>False: nobody wants to go on.</returns>
    public static bool Do(TuiSession session, string title, string question, string action, int maxLength, Func<string, CancellationToken, Task<Refusal?>> act)
    {
        using AskSheet sheet = new(session, title, TextCut.Wrap(question, 64), action, maxLength, act);
        session.App.Run(sheet);
        return sheet._answer is { Length: > 0 };
    }

    // What is under way is not to be undone by leaving.
    protected override bool OnEscape() => _isActing || base.OnEscape();

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
        string typed = _typed.Text.Trim();
        if (_act is null || typed.Length == 0)
        {
            _answer = typed;
            Close();
        }
        else if (!_isActing)
        {
            _isActing = true;
            Session.Jobs.Start(async ct =>
            {
                try
                {
                    Refusal? refusal = await Session.Jobs.CallAsync(c => _act(typed, c), ct);
                    Say(refusal);
                    if (refusal is null)
                    {
                        _answer = typed;
                        Close();
                    }
                }
                finally
                {
                    _isActing = false;
                }
            });
        }
    }

    private void Say(Refusal? refusal)
    {
        IReadOnlyList<string> why = refusal is null ? [] : TextCut.Wrap(refusal.Message, SheetColumns - 6);
        Resize(SheetColumns, RowsAround + _lines + why.Count);
        _refusal.Lines = [.. why.Select(line => StyledLine.Of(line, Tone.Bad))];
        _refusal.Place(0, _lines + 3, InnerColumns, why.Count);
        _refusal.Changed();
        _buttons.Place(2, _lines + why.Count + 4);
        if (why.Count > 0)
        {
            _field.SetFocus();
            SetNeedsLayout();
            SetNeedsDraw();
        }
    }
}
