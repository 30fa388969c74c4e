using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

/// <summary>A button without a hot letter: a name typed while it has the focus must not press it.</summary>
internal sealed class ActionButton : Canvas
{
    private string _caption;

    public ActionButton(string caption)
    {
        _caption = "[ " + caption + " ]";
        CanFocus = true;
        TabStop = TabBehavior.TabStop;
        Height = 1;
        Width = _caption.Length;
    }

    public event Action? Pressed;

    public int Length => _caption.Length;

    public string Caption
    {
        set
        {
            _caption = "[ " + value + " ]";
            Changed();
        }
    }

    protected override bool OnKeyDown(Key key)
    {
        if (key != Key.Enter && key != Key.Space)
        {
            return false;
        }

        Pressed?.Invoke();
        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.IsSingleClicked)
        {
            Pressed?.Invoke();
        }

        return true;
    }

    protected override void OnHasFocusChanged(bool newHasFocus, View? previousFocusedView, View? focusedView) => Changed();

    protected override void Paint() => Put(0, 0, TextCut.Fit(_caption, Columns), HasFocus ? Theme.ButtonFocused : Theme.Button);
}
