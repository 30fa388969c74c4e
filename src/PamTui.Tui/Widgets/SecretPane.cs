using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using Terminal.Gui.Input;

namespace PamTui.Tui.Widgets;

/// <summary>
/// A secret as it is, cut into lines of the window: painted element by element out of memory that is zeroed when the pane goes, so
/// that no string holds more of it than one character.
/// </summary>
internal sealed class SecretPane : Canvas
{
    private readonly char[] _chars;
    private readonly int _length;
    private int _top;

    public SecretPane(Secret secret)
    {
        _chars = GC.AllocateArray<char>(Encoding.UTF8.GetMaxCharCount(secret.Length), pinned: true);
        _length = Encoding.UTF8.GetChars(secret.Bytes, _chars);
        while (_length > 0 && _chars[_length - 1] is '\n' or '\r')
        {
            _length--;
        }
    }

    /// <summary>True when the key was one that scrolls.</summary>
    public bool Scroll(Key key)
    {
        int by = key == Key.CursorDown ? 1 : key == Key.CursorUp ? -1 : key == Key.PageDown ? Rows : key == Key.PageUp ? -Rows : 0;
        _top = Math.Max(0, _top + by);
        Changed();
        return by != 0;
    }

    protected override void Paint()
    {
        for (int row = 0; row < Rows; row++)
        {
            PutBlank(row);
        }

        int line = 0;
        int column = 0;
        for (int at = 0; at < _length;)
        {
            int length = StringInfo.GetNextTextElementLength(_chars.AsSpan(at, _length - at));
            if (_chars[at] == '\n')
            {
                (line, column) = (line + 1, 0);
            }
            else if (_chars[at] != '\r')
            {
                string shown = Core.Model.Text.Escape(_chars.AsSpan(at, length).ToString(), 64);
                int width = TextCut.Width(shown);
                (line, column) = column + width > Columns ? (line + 1, 0) : (line, column);
                Put(column, line - _top, shown, Theme.Of(Tone.Strong));
                column += width;
            }

            at += length;
        }

        _top = Math.Min(_top, Math.Max(0, line));
    }

    protected override void Dispose(bool disposing)
    {
        _chars.AsSpan().Clear();
        base.Dispose(disposing);
    }
}
