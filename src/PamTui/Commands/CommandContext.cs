using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Where one command line runs: at the machine itself, or in a session of the gateway (`ssh alice@gw account list`).</summary>
internal sealed record CommandContext
{
    /// <summary>Bytes, as they come: a secret on stdin is nobody's text to decode.</summary>
    public required Stream Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Null: there is no person to ask.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>What is written to <see cref="Output"/> is seen by a person, and may be taken away again.</summary>
    public bool OnTerminal { get; init; }

    /// <summary>Columns for the help.</summary>
    public Func<int> Width { get; init; } = static () => 100;

    public required TimeProvider Time { get; init; }

    /// <summary>What only this machine offers; null over SSH.</summary>
    public LocalMachine? Machine { get; init; }

    /// <summary>Over SSH: the signed-in user and the gateway's open vault.</summary>
    public RemoteSession? Session { get; init; }

    public bool IsRemote => Session is not null;
}

/// <summary>The gateway's vault, lent for one command, and who asked.</summary>
internal sealed record RemoteSession(Product Product, Actor Actor);
