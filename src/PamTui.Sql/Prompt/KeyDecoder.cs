using System.Text;

namespace PamTui.Sql.Prompt;

/// <summary>Bytes of a terminal (xterm and those who do as it does) to keys.</summary>
internal sealed class KeyDecoder
{
    private const int MaxPaste = 1024 * 1024;
    private const string PasteEnd = "\e[201~";

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _pasted = new();
    private string _rest = "";
    private bool _pasting;

    public List<Key> Feed(ReadOnlySpan<byte> bytes)
    {
        char[] chars = new char[bytes.Length + 2];
        _rest += new string(chars, 0, _decoder.GetChars(bytes, chars, flush: false));
        List<Key> keys = [];
        int at = 0;
        while (at < _rest.Length && Step(at, keys) is > 0 and int next)
        {
            at = next;
        }

        _rest = _rest[at..];
        return keys;
    }

    /// <summary>Where the next key begins; 0: this one has not come whole.</summary>
    private int Step(int at, List<Key> keys)
    {
        if (_pasting)
        {
            return Paste(at, keys);
        }

        char c = _rest[at];
        if (c == '\e')
        {
            return Escape(at, keys);
        }

        if (c is < ' ' or '\u007f')
        {
            keys.Add(c switch
            {
                '\r' or '\n' => new Key(KeyCode.Enter),
                '\t' => new Key(KeyCode.Tab),
                '\b' or '\u007f' => new Key(KeyCode.Backspace),
                _ => new Key(KeyCode.Control, ((char)(c | 0x60)).ToString()),
            });
            return at + 1;
        }

        int end = at + 1;
        while (end < _rest.Length && _rest[end] is >= ' ' and not '\u007f')
        {
            end++;
        }

        keys.Add(new Key(KeyCode.Text, _rest[at..end]));
        return end;
    }

    private int Paste(int at, List<Key> keys)
    {
        int end = _rest.IndexOf(PasteEnd, at, StringComparison.Ordinal);
        int stop = end >= 0 ? end : Math.Max(at, _rest.Length - PasteEnd.Length);
        _pasted.Append(_rest.AsSpan(at, Math.Min(stop - at, MaxPaste - _pasted.Length)));
        if (end < 0)
        {
            return stop > at ? stop : 0;
        }

        keys.Add(new Key(KeyCode.Paste, _pasted.ToString()));
        _pasted.Clear();
        _pasting = false;
        return end + PasteEnd.Length;
    }

    private int Escape(int at, List<Key> keys)
    {
        if (at + 1 == _rest.Length || _rest[at + 1] < ' ')
        {
            // A sequence comes in one piece; what comes alone, or before another key that is none of a sequence, was pressed.
            keys.Add(new Key(KeyCode.Escape));
            return at + 1;
        }

        if (_rest[at + 1] is not ('[' or 'O'))
        {
            KeyCode? code = _rest[at + 1] switch { 'b' => KeyCode.WordLeft, 'f' => KeyCode.WordRight, _ => null };
            keys.Add(code is { } word ? new Key(word) : _rest[at + 1] == '\u007f' ? new Key(KeyCode.Control, "w") : new Key(KeyCode.Escape));
            return at + 2;
        }

        int end = at + 2;
        while (end < _rest.Length && _rest[end] is >= ' ' and < '@')
        {
            end++;
        }

        if (end == _rest.Length)
        {
            return end - at > 32 ? end : 0;
        }

        if (_rest[end] is < ' ' or > '~')
        {
            // No sequence after all.
            return end;
        }

        string parameters = _rest[(at + 2)..end];
        if (parameters == "200" && _rest[end] == '~')
        {
            _pasting = true;
        }
        else if (Sequence(parameters, _rest[end]) is { } key)
        {
            keys.Add(new Key(key));
        }

        return end + 1;
    }

    private static KeyCode? Sequence(string parameters, char final)
    {
        bool byWords = parameters.EndsWith(";5", StringComparison.Ordinal) || parameters.EndsWith(";3", StringComparison.Ordinal);
        return final switch
        {
            'A' => KeyCode.Up,
            'B' => KeyCode.Down,
            'C' => byWords ? KeyCode.WordRight : KeyCode.Right,
            'D' => byWords ? KeyCode.WordLeft : KeyCode.Left,
            'H' => KeyCode.Home,
            'F' => KeyCode.End,
            '~' => parameters.Split(';')[0] switch
            {
                "1" or "7" => KeyCode.Home,
                "3" => KeyCode.Delete,
                "4" or "8" => KeyCode.End,
                "5" => KeyCode.PageUp,
                "6" => KeyCode.PageDown,
                _ => null,
            },
            _ => null,
        };
    }
}
