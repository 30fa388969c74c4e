using PamTui.Core.Model;

namespace PamTui.Gateway.Console;

/// <summary>
/// What a signed-in user gets who named no account: the TUI, or the command line. Handed in by the executable; the gateway knows neither.
/// </summary>
public delegate Task<ConsoleOutcome> ConsoleFace(ConsoleRequest request, CancellationToken ct);

/// <summary>One shell or exec request of a user who named no account.</summary>
/// <param name="Who">Read afresh from the store for this request.</param>
/// <param name="Source">The peer's address.</param>
/// <param name="Terminal">Null without a pty request.</param>
/// <param name="Command">The words after `ssh alice@gw`, as sent; null: a shell was asked for.</param>
/// <param name="Input">Ends when the user sent EOF. Nothing may read from it after the face returned.</param>
/// <param name="State">What the face gave with <see cref="ConsoleOutcome.Connect"/> last time; null at first.</param>
/// <param name="Notice">A line about how the last session ended ("the session ended.", "exit status 1", "session ended: …"); null at first.</param>
public sealed record ConsoleRequest(
    User Who,
    string Source,
    ConsoleTerminal? Terminal,
    string? Command,
    Stream Input,
    Stream Output,
    Stream Error,
    object? State,
    string? Notice = null);

/// <summary>What comes next on the channel.</summary>
public abstract record ConsoleOutcome
{
    private ConsoleOutcome()
    {
    }

    /// <summary>The channel ends with this exit status.</summary>
    public sealed record Done(int ExitStatus) : ConsoleOutcome;

    /// <summary>The gateway opens a session of this account on the channel and calls the face again with <paramref name="State"/> afterwards.</summary>
    public sealed record Connect(AccountRef Account, object? State) : ConsoleOutcome;
}
