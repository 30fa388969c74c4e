using Terminal.Gui.Drawing;
using Color = Terminal.Gui.Drawing.Color;

namespace PamTui.Tui.Terminal;

/// <summary>A 24-bit colour as what the terminal has.</summary>
internal static class TerminalColors
{
    /// <summary>The nearest entry of the 6×6×6 cube or of the grey ramp (xterm's 256 colours, 16 to 255).</summary>
    public static int To256(Color color)
    {
        int r = Step(color.R);
        int g = Step(color.G);
        int b = Step(color.B);
        int cube = Distance(color, Level(r), Level(g), Level(b));
        int grey = Math.Clamp((((color.R + color.G + color.B) / 3) - 3) / 10, 0, 23);
        int greyLevel = 8 + (grey * 10);
        return Distance(color, greyLevel, greyLevel, greyLevel) < cube ? 232 + grey : 16 + (36 * r) + (6 * g) + b;
    }

    /// <summary>The SGR number of the nearest of the 16 colours, as foreground: 30 to 37, 90 to 97.</summary>
    public static int To16(Color color) => (int)color.GetAnsiColorCode();

    private static int Step(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;

    private static int Level(int step) => step == 0 ? 0 : 55 + (step * 40);

    private static int Distance(Color color, int r, int g, int b) =>
        ((color.R - r) * (color.R - r)) + ((color.G - g) * (color.G - g)) + ((color.B - b) * (color.B - b));
}
