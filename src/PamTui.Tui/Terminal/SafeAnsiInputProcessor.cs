using System.Collections.Concurrent;
using System.Text;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Time;

namespace PamTui.Tui.Terminal;

/// <summary>
/// Screens key sequences that make Terminal.Gui 2.5.0 throw: it knows their form but not their number ("ESC [ 8 ~", which is End on
/// rxvt and PuTTY), and a null key ends the session. Abuse case E1: any byte may come from a peer.
/// </summary>
internal sealed class SafeAnsiInputProcessor(ConcurrentQueue<char> inputBuffer, ITimeProvider? timeProvider = null)
    : AnsiInputProcessor(inputBuffer, timeProvider)
{
    private const int MaxSequence = 64;
    private const string PasteStart = "\e[200~";

    private readonly AnsiKeyboardParser _known = new();
    private readonly StringBuilder _sequence = new();
    private bool _inside;
    private bool _mouse;

    /// <summary>How many sequences the library would have died of.</summary>
    public int Screened { get; private set; }

    /// <summary>Whether the mouse did something since the last asking.</summary>
    public bool TakeMouse()
    {
        bool mouse = _mouse;
        _mouse = false;
        return mouse;
    }

    protected override void Process(char input)
    {
        // Inside a paste there are no keys, and its end must arrive as it is.
        if (GetParser().State is AnsiResponseParserState.InBracketedPaste or AnsiResponseParserState.DiscardingBracketedPasteRemainder)
        {
            _inside = false;
            base.Process(input);
            return;
        }

        if (input == '\e')
        {
            _sequence.Clear();
            _inside = true;
        }

        if (_inside)
        {
            _sequence.Append(input);
            _inside = _sequence.Length <= MaxSequence;
        }

        // The Linux console's function keys have a second bracket, which would end the sequence.
        if (_inside && _sequence.Length == 3 && input == '[')
        {
            return;
        }

        if (!_inside || _sequence.Length < 3 || input is not (>= '@' and <= '~'))
        {
            base.Process(input);
            return;
        }

        _inside = false;
        string sequence = _sequence.ToString();
        _mouse |= sequence[1] == '[' && sequence[2] is '<' or 'M';
        if (sequence.StartsWith("\e[[", StringComparison.Ordinal) || (sequence[1] is '[' or 'O' && !IsSafe(sequence)))
        {
            Screen(sequence);
            return;
        }

        base.Process(input);
    }

    // The parser holds all but the last character: a final byte that means nothing ends the sequence without a key.
    private void Screen(string sequence)
    {
        _inside = false;
        Screened++;
        base.Process(sequence[1] == '[' ? 't' : '!');
        if (MeantKey(sequence) is { } key)
        {
            RaiseKeyDownEvent(key);
        }
    }

    private bool IsSafe(string sequence)
    {
        // The end of a paste that never began is a key like any other.
        if (sequence == PasteStart)
        {
            return true;
        }

        if (_known.IsKeyboard(sequence) is not { } pattern)
        {
            return true;
        }

        try
        {
            return pattern.GetKey(sequence) is not null;
        }
        catch (Exception e) when (e is NullReferenceException or FormatException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private static Key? MeantKey(string sequence) => sequence switch
    {
        "\e[7~" => Key.Home,
        "\e[8~" => Key.End,
        "\e[[A" => Key.F1,
        "\e[[B" => Key.F2,
        "\e[[C" => Key.F3,
        "\e[[D" => Key.F4,
        "\e[[E" => Key.F5,
        _ => null,
    };
}
