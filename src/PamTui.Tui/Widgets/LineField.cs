using System.Drawing;
using PamTui.Tui.Models;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>
/// Where a line is typed. A secret is shown as dots; a field of many lines takes a paste and says how much it holds.
/// </summary>
internal sealed class LineField : Canvas
{
    private readonly LineEditor _editor;
    private readonly bool _secret;
    private readonly bool _lines;
    private int _scroll;

    public LineField(LineEditor editor, bool secret = false, bool lines = false)
    {
        (_editor, _secret, _lines) = (editor, secret, lines);
        CanFocus = true;
        TabStop = TabBehavior.TabStop;
        Height = 1;
    }

    public string Placeholder { get; set; } = "";

    public bool IsReadOnly { get; set; }

    public event Action? Edited;

    /// <summary>What did not fit was left out.</summary>
    public event Action? Overflowed;

    protected override bool OnKeyDown(Key key)
    {
        if (IsReadOnly)
        {
            return false;
        }

        if (key == Key.CursorLeft)
        {
            return Moved(_editor.Left);
        }

        if (key == Key.CursorRight)
        {
            return Moved(_editor.Right);
        }

        if (key == Key.Home || key == Key.A.WithCtrl)
        {
            return Moved(_editor.Home);
        }

        if (key == Key.End || key == Key.E.WithCtrl)
        {
            return Moved(_editor.End);
        }

        // Some terminals send ^H for Backspace, which the library reads as Ctrl+Backspace.
        if (key == Key.Backspace || key == Key.Backspace.WithCtrl)
        {
            return Edit(_lines && _editor.LineCount > 1 ? _editor.Clear : _editor.Backspace);
        }

        if (key == Key.Delete)
        {
            return Edit(_editor.Delete);
        }

        if (key == Key.W.WithCtrl)
        {
            return Edit(_editor.DeleteWordBack);
        }

        if (key == Key.U.WithCtrl)
        {
            return Edit(_lines ? _editor.Clear : _editor.DeleteToStart);
        }

        if (key == Key.K.WithCtrl)
        {
            return Edit(_editor.DeleteToEnd);
        }

        string typed = key.AsGrapheme;
        if (typed.Length == 0 || key.IsCtrl || key.IsAlt || char.IsControl(typed[0]))
        {
            return false;
        }

        if (!_editor.Insert(typed))
        {
            Overflowed?.Invoke();
        }

        return Edit(static () => { });
    }

    // As pasted: the library would drop line ends and more.
    protected override string OnSanitizingPaste(string raw) => raw;

    protected override bool OnPaste(string text)
    {
        if (IsReadOnly)
        {
            return true;
        }

        ReadOnlySpan<char> pasted = text;
        if (pasted.EndsWith("\n") && !_lines)
        {
            pasted = pasted[..^1];
        }

        if (!_editor.Paste(pasted))
        {
            Overflowed?.Invoke();
        }

        Edit(static () => { });
        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.IsPressed && !HasFocus)
        {
            SetFocus();
        }

        return true;
    }

    protected override void OnHasFocusChanged(bool newHasFocus, View? previousFocusedView, View? focusedView) => Changed();

    protected override void Paint()
    {
        (string text, int caret) = Shown();
        if (caret < _scroll)
        {
            _scroll = caret;
        }

        // One column stays free for the cursor behind the last character.
        _scroll = Math.Max(_scroll, caret - Columns + 1);
        if (TextCut.Width(text) < Columns)
        {
            _scroll = 0;
        }

        Attribute look = HasFocus && !IsReadOnly ? Theme.FieldFocused : IsReadOnly ? Theme.Normal : Theme.Field;
        Put(0, 0, Pad(text[Math.Min(_scroll, text.Length)..]), look);
        if (text.Length == 0 && Placeholder.Length > 0)
        {
            Put(0, 0, TextCut.Cut(Placeholder, Columns - 1), Theme.Of(Tone.Dim));
        }

        int before = TextCut.Width(text[Math.Min(_scroll, text.Length)..Math.Clamp(caret, Math.Min(_scroll, text.Length), text.Length)]);
        Cursor = HasFocus && !IsReadOnly
            ? new Cursor { Position = ViewportToScreen(new Point(Math.Min(before, Columns - 1), 0)), Style = CursorStyle.Default }
            : new Cursor();
    }

    private string Pad(string text)
    {
        int width = TextCut.Width(text);
        while (width > Columns)
        {
            text = text[..^Math.Max(1, (width - Columns) / 2)];
            width = TextCut.Width(text);
        }

        return text + new string(' ', Columns - width);
    }

    private (string Text, int Caret) Shown()
    {
        if (_lines && _editor.LineCount > 1)
        {
            string summary = $"{_editor.LineCount} lines, {_editor.Length} characters";
            return (summary, summary.Length);
        }

        if (_secret)
        {
            return (new string('∙', Math.Min(_editor.Length, 4096)), Math.Min(_editor.Caret, 4096));
        }

        string before = Seen(_editor.Chars[.._editor.Caret].ToString());
        return (before + Seen(_editor.Chars[_editor.Caret..].ToString()), before.Length);
    }

    // A pasted tab, bidi mark or zero-width character is seen as what it is, not obeyed.
    private static string Seen(string text) => Core.Model.Text.Escape(text, int.MaxValue);

    private bool Moved(Action move)
    {
        move();
        Changed();
        return true;
    }

    private bool Edit(Action edit)
    {
        edit();
        Changed();
        Edited?.Invoke();
        return true;
    }
}
