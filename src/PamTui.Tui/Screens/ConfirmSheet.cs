using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Asks before something that cannot be undone: the name is typed, so no single key and no habit does it.</summary>
internal sealed class ConfirmSheet : Sheet
{
    private readonly string? _name;
    private readonly LineEditor _typed = new(128);
    private readonly LineField _field;
    private readonly TextPane _error = new();
    private readonly ButtonRow _buttons;

    /// <param name="name">What must be typed, a name or, of many, the act and their number; null: two buttons are enough.</param>
    public ConfirmSheet(TuiSession session, string title, string effect, string action, string? name)
        : base(session, title, 66, (name is null ? 6 : 8) + TextCut.Wrap(effect, 60).Count)
    {
        _name = name;
        IReadOnlyList<string> lines = TextCut.Wrap(effect, InnerColumns - 4);
        TextPane text = new() { Lines = [.. lines.Select(line => StyledLine.Of(line))], Indent = 2 };
        text.Place(0, 1, InnerColumns, lines.Count);
        Add(text);
        int row = lines.Count + 2;
        _field = new LineField(_typed) { Placeholder = name is null ? "" : "type " + name };
        if (name is not null)
        {
            TextPane label = new() { Lines = [StyledLine.Of(IsName(name) ? "Type its name:" : "To go on:")], Indent = 2 };
            label.Place(0, row, 18, 1);
            _field.Place(18, row, InnerColumns - 20, 1);
            _error.Place(0, row + 1, InnerColumns, 1);
            Add(label, _field, _error);
            row += 2;
        }

        ActionButton cancel = new("Cancel");
        ActionButton go = new(action);
        cancel.Pressed += Close;
        go.Pressed += Accept;
        _buttons = new ButtonRow(cancel, go);
        _buttons.Place(2, row);
        _buttons.AddTo(this);
    }

    public bool IsConfirmed { get; private set; }

    public static bool Ask(TuiSession session, string title, string effect, string action, string? name)
    {
        using ConfirmSheet sheet = new(session, title, effect, action, name);
        session.App.Run(sheet);
        return sheet.IsConfirmed;
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

    private static bool IsName(string typed) => !typed.Contains(' ', StringComparison.Ordinal);

    private void Accept()
    {
        if (_name is not null && _typed.Text != _name)
        {
            _error.Lines = [StyledLine.Of(IsName(_name) ? "  That is not its name." : $"  Type {_name} to go on.", Tone.Bad)];
            _error.Changed();
            _field.SetFocus();
            return;
        }

        IsConfirmed = true;
        Close();
    }
}
