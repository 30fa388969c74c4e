namespace PamTui.Tui.Terminal;

/// <summary>What a terminal is sent for its clipboard (OSC 52).</summary>
public static class Osc52
{
    /// <summary>
    /// Takes off what is there. A blank comes before nothing: tmux, and so the terminal around it, takes no notice of an empty clipboard
    /// and would keep the secret.
    /// </summary>
    public const string TakeOff = "\e]52;c;IA==\a\e]52;c;\a";
}
