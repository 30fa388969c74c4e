using PamTui.Tui.Models;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

/// <summary>The line over a list in which its filter is typed; the list follows each key.</summary>
internal sealed class FilterField : View
{
    private const int MaxLength = 1024;

    private readonly LineEditor _text = new(MaxLength);
    private readonly LineField _field;
    private string _before = "";

    public FilterField()
    {
        CanFocus = true;
        Visible = false;
        _field = new LineField(_text) { Width = Dim.Fill() };
        _field.Edited += () => Edited?.Invoke(Filter);
        Add(_field);
    }

    public event Action<string>? Edited;

    /// <summary>The person is done with it; the filter stays as it is.</summary>
    public event Action? Ended;

    public string Filter => _text.Text.Trim();

    public void Open(string filter)
    {
        _before = filter;
        _text.Set(filter);
        Visible = true;
        _field.SetFocus();
    }

    public void Close() => Visible = false;

    // Every other key is meant for the text: none of them does what it does in the list.
    protected override bool OnKeyDown(Key key)
    {
        if (key == Key.Enter || key == Key.Tab || key == Key.CursorDown)
        {
            Ended?.Invoke();
        }
        else if (key == Key.Esc || key == Key.C.WithCtrl)
        {
            Edited?.Invoke(Filter == _before ? "" : _before);
            Ended?.Invoke();
        }
        else if (key == Key.L.WithCtrl)
        {
            return false;
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _text.Dispose();
        base.Dispose(disposing);
    }
}
