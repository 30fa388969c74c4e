using PamTui.Tui.Models;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>One of a few words: left and right (or space) choose, all of them are seen.</summary>
internal sealed class ChoiceField : Canvas
{
    private readonly LineEditor _value;
    private readonly IReadOnlyList<string> _choices;

    public ChoiceField(LineEditor value, IReadOnlyList<string> choices)
    {
        (_value, _choices) = (value, choices);
        CanFocus = true;
        TabStop = TabBehavior.TabStop;
        Height = 1;
    }

    public bool IsReadOnly { get; set; }

    public event Action? Edited;

    protected override bool OnKeyDown(Key key)
    {
        if (IsReadOnly)
        {
            return false;
        }

        if (key == Key.CursorLeft)
        {
            return Step(-1);
        }

        return (key == Key.CursorRight || key == Key.Space) && Step(1);
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (!mouse.IsSingleClicked || IsReadOnly)
        {
            return mouse.IsPressed;
        }

        SetFocus();
        int column = 0;
        for (int i = 0; i < _choices.Count; i++)
        {
            column += _choices[i].Length + 3;
            if (mouse.Position is { } at && at.X < column)
            {
                return Choose(i);
            }
        }

        return true;
    }

    protected override void OnHasFocusChanged(bool newHasFocus, View? previousFocusedView, View? focusedView) => Changed();

    protected override void Paint()
    {
        int at = 0;
        foreach (string choice in _choices)
        {
            bool chosen = choice == Value;
            Attribute look = chosen ? HasFocus && !IsReadOnly ? Theme.FieldFocused : Theme.Of(Tone.Strong) : Theme.Of(Tone.Dim);
            string shown = (chosen ? "(" + choice + ")" : " " + choice + " ") + " ";
            if (at + shown.Length > Columns)
            {
                break;
            }

            Put(at, 0, shown[..^1], look);
            Put(at + shown.Length - 1, 0, " ", Theme.Normal);
            at += shown.Length;
        }

        Put(at, 0, new string(' ', Math.Max(0, Columns - at)), Theme.Normal);
    }

    private string Value => _value.Length == 0 ? _choices[0] : _value.Text;

    private bool Step(int by)
    {
        int now = Math.Max(0, _choices.ToList().IndexOf(Value));
        return Choose((now + by + _choices.Count) % _choices.Count);
    }

    private bool Choose(int index)
    {
        _value.Set(_choices[index]);
        Changed();
        Edited?.Invoke();
        return true;
    }
}
