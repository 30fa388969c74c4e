using PamTui.Tui.Models;

namespace PamTui.Tui.Widgets;

/// <summary>One sentence above the key bar. Good news goes by itself; a failure stays until the next key.</summary>
internal sealed class Toast : Canvas
{
    private string _sentence = "";
    private Tone _tone;

    public Toast() => Visible = false;

    public bool IsFailure => Visible && _tone == Tone.Bad;

    public void Show(string sentence, Tone tone)
    {
        (_sentence, _tone) = (sentence, tone);
        Visible = true;
        Changed();
    }

    public void Hide() => Visible = false;

    protected override void Paint() =>
        Put(0, 0, TextCut.Fit(" " + _sentence, Columns), _tone == Tone.Bad ? Theme.ToastBad : Theme.Toast);
}
