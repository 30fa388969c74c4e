using Microsoft.Extensions.Logging.Abstractions;
using Terminal.Gui.App;
using Terminal.Gui.Input;

namespace PamTui.Tui.Terminal;

/// <summary>
/// What Terminal.Gui keeps per process and reads from every session: set once, before the first one, and never touched again
/// (a change at run time would call into the views of all users on the caller's thread).
/// </summary>
public static class TerminalHost
{
    private static int s_prepared;

    /// <summary>Called by the program's start; safe to call again.</summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref s_prepared, 1) != 0)
        {
            return;
        }

        // No session may open the server's own /dev/tty.
        Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");
        Logging.Logger = NullLogger.Instance;

        // The pump waits for events inside the loop; the loop itself must not sleep on top of that.
        Application.MaximumIterationsPerSecond = 60_000;

        // Ctrl+Z would ask the output to stop the process: the gateway's, when over SSH.
        Application.DefaultKeyBindings?.Remove(Command.Suspend);
    }
}
