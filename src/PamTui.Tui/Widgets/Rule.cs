using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>A thin line between panes.</summary>
internal sealed class Rule(bool vertical) : Canvas
{
    /// <summary>Where a line joins from the side: painted as a tee; null: nowhere.</summary>
    public int? Tee { get; set; }

    public string Caption { get; set; } = "";

    protected override void Paint()
    {
        Attribute look = Theme.Line;
        if (!vertical)
        {
            Put(0, 0, new string('─', Columns), look);
            if (Caption.Length > 0)
            {
                Put(1, 0, TextCut.Cut(" " + Caption + " ", Columns - 2), Theme.Of(Models.Tone.Dim));
            }

            return;
        }

        for (int row = 0; row < Rows; row++)
        {
            Put(0, row, row == Tee ? "├" : "│", look);
        }
    }
}
