using System.Globalization;
using System.Text;

namespace PamTui.Tui.Terminal;

/// <summary>
/// What a person sees at the machine while the vault is opened and the screens are made ready: a few bytes, written without the library,
/// which is most of what the start waits for. The screens paint over it, and give the terminal back at their end.
/// </summary>
public sealed class OpeningScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[?1049l\e[?25h";

    private bool _shown = true;

    private OpeningScreen()
    {
    }

    /// <summary>On the terminal of standard output; null when that is none, or has no full screen.</summary>
    public static OpeningScreen? Show(string term)
    {
        if (OperatingSystem.IsWindows() || !TtyMethods.IsTerminal(TtyMethods.Output) || !TerminalTraits.HasFullScreen(term))
        {
            return null;
        }

        // The terminal's own colours: which theme the person chose stands in the vault.
        int last = Math.Max(1, TtyMethods.SizeOf(TtyMethods.Output).Rows);
        string frame = string.Create(CultureInfo.InvariantCulture, $"{Enter}\e[H\e[1m PamTui\e[m\e[{last};1H opening the vault");
        return TtyMethods.WriteAll(TtyMethods.Output, Encoding.ASCII.GetBytes(frame)) ? new OpeningScreen() : null;
    }

    /// <summary>Another one has the screen now, and gives it back.</summary>
    public void GiveOver() => _shown = false;

    /// <summary>The terminal as it was before, for a question or the end; nothing when it was given over.</summary>
    public void Dispose()
    {
        if (_shown)
        {
            _shown = false;
            TtyMethods.WriteAll(TtyMethods.Output, Encoding.ASCII.GetBytes(Leave));
        }
    }
}
