using System.Globalization;

namespace PamTui.Tui.Models;

/// <summary>
/// The text of one field while it is typed. It lives in memory of its own that is zeroed when it grows, is cleared or goes away, so
/// that a secret is nowhere else as long as nobody asks for <see cref="Text"/>.
/// </summary>
internal sealed class LineEditor(int maxLength, bool multiline = false) : IDisposable
{
    private char[] _chars = GC.AllocateArray<char>(64, pinned: true);
    private int _length;

    public int MaxLength => maxLength;

    public int Length => _length;

    /// <summary>In front of which character the next one goes.</summary>
    public int Caret { get; private set; }

    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, _length);

    /// <summary>A copy as a string: never for a secret.</summary>
    public string Text => Chars.ToString();

    public int LineCount => _length == 0 ? 0 : Chars.TrimEnd('\n').Count('\n') + 1;

    public void Set(ReadOnlySpan<char> text)
    {
        Clear();
        Insert(text);
    }

    /// <summary>Inserts what fits; false when something was left out.</summary>
    public bool Insert(ReadOnlySpan<char> text)
    {
        int room = maxLength - _length;
        bool whole = text.Length <= room;
        if (!whole)
        {
            text = text[..Math.Max(0, room)];
            if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
            {
                text = text[..^1];
            }
        }

        Grow(_length + text.Length);
        _chars.AsSpan(Caret, _length - Caret).CopyTo(_chars.AsSpan(Caret + text.Length));
        text.CopyTo(_chars.AsSpan(Caret));
        _length += text.Length;
        Caret += text.Length;
        return whole;
    }

    /// <summary>What is pasted: one final line end is the clipboard's habit, not part of the text; line ends become '\n' where lines are taken and are dropped where not.</summary>
    public bool Paste(ReadOnlySpan<char> text)
    {
        char[] kept = GC.AllocateArray<char>(text.Length, pinned: true);
        try
        {
            int count = 0;
            for (int i = 0; i < text.Length; i++)
            {
                char c = text[i];
                if (c == '\r')
                {
                    if (i + 1 < text.Length && text[i + 1] == '\n')
                    {
                        continue;
                    }

                    c = '\n';
                }

                if (c == '\t' || (c == '\n' && multiline) || !char.IsControl(c))
                {
                    kept[count++] = c;
                }
            }

            return Insert(kept.AsSpan(0, count));
        }
        finally
        {
            kept.AsSpan().Clear();
        }
    }

    public void Backspace()
    {
        int at = Before();
        Remove(at, Caret - at);
    }

    public void Delete() => Remove(Caret, After() - Caret);

    public void DeleteWordBack()
    {
        int at = Caret;
        while (at > 0 && char.IsWhiteSpace(_chars[at - 1]))
        {
            at--;
        }

        while (at > 0 && !char.IsWhiteSpace(_chars[at - 1]))
        {
            at--;
        }

        Remove(at, Caret - at);
    }

    public void DeleteToStart() => Remove(0, Caret);

    public void DeleteToEnd() => Remove(Caret, _length - Caret);

    public void Left() => Caret = Before();

    public void Right() => Caret = After();

    public void Home() => Caret = 0;

    public void End() => Caret = _length;

    /// <summary>Empties the field and zeroes what it held.</summary>
    public void Clear()
    {
        _chars.AsSpan().Clear();
        _length = Caret = 0;
    }

    public void Dispose() => Clear();

    private int Before()
    {
        int at = 0;
        for (int next = 0; next < Caret; next += StringInfo.GetNextTextElementLength(Chars[next..]))
        {
            at = next;
        }

        return at;
    }

    private int After() => Caret >= _length ? _length : Caret + StringInfo.GetNextTextElementLength(Chars[Caret..]);

    private void Remove(int at, int count)
    {
        if (count <= 0)
        {
            return;
        }

        _chars.AsSpan(at + count, _length - at - count).CopyTo(_chars.AsSpan(at));
        _chars.AsSpan(_length - count, count).Clear();
        _length -= count;
        Caret = at;
    }

    private void Grow(int length)
    {
        if (length <= _chars.Length)
        {
            return;
        }

        char[] larger = GC.AllocateArray<char>(Math.Max(length, _chars.Length * 2), pinned: true);
        Chars.CopyTo(larger);
        _chars.AsSpan().Clear();
        _chars = larger;
    }
}
