using PamTui.Core.Model;
using PamTui.Gateway.Console;

namespace PamTui.Gateway.Databases;

/// <summary>
/// What somebody gets who comes to an account of a database without a client of theirs: an SQL prompt, or a run of statements. Handed in by
/// the executable; the gateway knows no SQL.
/// </summary>
/// <returns>The exit status.</returns>
public delegate Task<int> PromptFace(PromptVisit visit, CancellationToken ct);

/// <summary>One shell or command of a user who named an account of a database.</summary>
/// <param name="Dial">
/// Another connection to the account, in the protocol of its kind: with a session's row, a log and an end of its own, as if it came through
/// `ssh -L`. It belongs to the caller. Throws an <see cref="IOException"/> whose message is for the user when there is none any more.
/// </param>
/// <param name="Terminal">Null without a pty request.</param>
/// <param name="Command">The words after the destination, as sent; null: a shell was asked for.</param>
/// <param name="Input">Ends when the user sent EOF. Nothing may read from it after the face returned.</param>
public sealed record PromptVisit(
    ResourceKind Kind,
    AccountRef Account,
    Func<CancellationToken, Task<Stream>> Dial,
    ConsoleTerminal? Terminal,
    string? Command,
    Stream Input,
    Stream Output,
    Stream Error);
