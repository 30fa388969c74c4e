using System.Globalization;

namespace PamTui.Servers;

/// <summary>How often a test kills or cuts at another moment: few each time, many when somebody takes the time (PAMTUI_KILL_ROUNDS).</summary>
public static class Rounds
{
    public static int Or(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("PAMTUI_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : usual;
}
