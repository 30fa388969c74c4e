using PamTui.Tui.Models;

namespace PamTui.Tui.Widgets;

/// <summary>A sentence above the key bar. Good news goes by itself; a failure stays until something else is done, also while one moves about.</summary>
internal sealed class Toast : Canvas
{
    private const int MaxRows = 4;

    private string _sentence = "";
    private Tone _tone;
    private IReadOnlyList<string> _lines = [];

    public Toast() => Visible = false;

    public bool IsFailure => Visible && _tone == Tone.Bad;

    /// <summary>Rows it takes.</summary>
    public int Lines => _lines.Count;

    public void Show(string sentence, Tone tone)
    {
        (_sentence, _tone) = (sentence, tone);
        Visible = true;
        Changed();
    }

    /// <summary>Takes as many rows above <paramref name="bottom"/> as the sentence needs.</summary>
    public void PlaceAbove(int bottom, int columns)
    {
        _lines = [.. TextCut.Wrap(_sentence, Math.Max(10, columns - 2)).Take(MaxRows)];
        this.Place(0, bottom - _lines.Count, columns, _lines.Count);
    }

    public void Hide() => Visible = false;

    protected override void Paint()
    {
        for (int row = 0; row < Rows; row++)
        {
            Put(0, row, TextCut.Fit(row < _lines.Count ? " " + _lines[row] : "", Columns), _tone == Tone.Bad ? Theme.ToastBad : Theme.Toast);
        }
    }
}
