using System.Globalization;
using System.Text;

namespace PamTui.Sql.Prompt;

/// <summary>The text that is being typed, by what people see as characters, and the place in it.</summary>
internal sealed class EditBuffer
{
    private const int Most = 1024 * 1024;

    private readonly List<string> _elements = [];
    private string _cut = "";

    public int Cursor { get; private set; }

    public IReadOnlyList<string> Elements => _elements;

    public string Text => string.Concat(_elements);

    public string BeforeCursor => string.Concat(_elements.Take(Cursor));

    public void Set(string text)
    {
        _elements.Clear();
        Cursor = 0;
        Insert(text);
    }

    /// <summary>Control characters but for line breaks are left out: a paste may hold them, a statement need not.</summary>
    public void Insert(string text)
    {
        StringBuilder clean = new();
        foreach (char c in text.ReplaceLineEndings("\n").Replace('\t', ' '))
        {
            if (c == '\n' || !char.IsControl(c))
            {
                clean.Append(c);
            }
        }

        // A mark that combines belongs to what stands before it.
        string before = Cursor > 0 && _elements[Cursor - 1] != "\n" ? _elements[--Cursor] : "";
        _elements.RemoveRange(Cursor, before.Length > 0 ? 1 : 0);
        string whole = before + clean;
        List<string> added = [];
        for (int at = 0; at < whole.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(whole, at);
            added.Add(whole.Substring(at, length));
            at += length;
        }

        if (_elements.Count + added.Count > Most)
        {
            added.RemoveRange(1, added.Count - 1);
        }

        _elements.InsertRange(Cursor, added);
        Cursor += added.Count;
    }

    public void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, _elements.Count);

    public void MoveToStart() => Cursor = 0;

    public void MoveToEnd() => Cursor = _elements.Count;

    public void MoveByWord(int direction) => Cursor = WordEnd(direction);

    public void Delete(int by)
    {
        int at = by < 0 ? Cursor - 1 : Cursor;
        if (at >= 0 && at < _elements.Count)
        {
            _elements.RemoveAt(at);
            Cursor = at;
        }
    }

    public void CutToStart() => Cut(0, Cursor);

    public void CutToEnd() => Cut(Cursor, _elements.Count);

    public void CutWord() => Cut(WordEnd(-1), Cursor);

    public void Yank() => Insert(_cut);

    /// <summary>The characters before the cursor are exchanged for others.</summary>
    public void Replace(int chars, string text)
    {
        while (chars > 0 && Cursor > 0)
        {
            chars -= _elements[Cursor - 1].Length;
            Delete(-1);
        }

        Insert(text);
    }

    private void Cut(int from, int to)
    {
        _cut = string.Concat(_elements[from..to]);
        _elements.RemoveRange(from, to - from);
        Cursor = from;
    }

    private int WordEnd(int direction)
    {
        int at = Cursor;
        int Next() => direction < 0 ? at - 1 : at;
        bool InWord() => Next() >= 0 && Next() < _elements.Count && char.IsLetterOrDigit(_elements[Next()], 0);
        bool Inside() => Next() >= 0 && Next() < _elements.Count;
        while (Inside() && !InWord())
        {
            at += direction;
        }

        while (InWord())
        {
            at += direction;
        }

        return at;
    }
}
