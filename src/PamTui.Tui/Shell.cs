using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui;

/// <summary>How the full screen ended.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome()
    {
    }

    /// <summary>The person left, or the terminal went away.</summary>
    public sealed record Quit : ShellOutcome;

    /// <summary>A session with this account is wanted on this terminal; run the shell again with the same state afterwards.</summary>
    public sealed record Connect(AccountRef Account) : ShellOutcome;
}

/// <summary>What the full screen shows besides the vault, and where it says one can go.</summary>
public sealed record ShellOptions
{
    /// <summary>The host that `ssh` lines name.</summary>
    public string GatewayHost { get; init; } = "localhost";

    /// <summary>The port that `ssh` lines name; 22 is left out of them.</summary>
    public int GatewayPort { get; init; } = 2222;

    /// <summary>The name to sign in with in `ssh` lines; empty: the actor's own.</summary>
    public string SignInName { get; init; } = "";

    /// <summary>No colours, whatever the terminal can (NO_COLOR).</summary>
    public bool NoColor { get; init; }

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;
}
