namespace PamTui.Tui.Terminal;

/// <summary>
/// A terminal at the other end of something: the machine's own tty, an SSH channel, memory in a test. Events may come on any
/// thread; everything that arrives is hostile.
/// </summary>
public interface ITerminalChannel
{
    /// <summary>As the terminal says it; nobody has checked the numbers.</summary>
    TerminalSize Size { get; }

    /// <summary>The terminal's TERM; empty when it gave none.</summary>
    string Term { get; }

    /// <summary>Its COLORTERM ("truecolor", "24bit"); null when it gave none.</summary>
    string? ColorTerm { get; }

    bool IsClosed { get; }

    /// <summary>Bytes that were written and have not left: while they are many, frames are skipped instead of queued.</summary>
    int Pending { get; }

    /// <summary>Bytes as they arrive; the memory is valid during the call only.</summary>
    event Action<ReadOnlyMemory<byte>>? Input;

    event Action? Resized;

    /// <summary>The terminal is gone; raised once.</summary>
    event Action? Closed;

    /// <summary><see cref="Pending"/> has come down to zero.</summary>
    event Action? Drained;

    /// <summary>Takes the bytes (they are copied or sent before it returns). Never blocks long, never throws for a terminal that is gone.</summary>
    void Write(ReadOnlyMemory<byte> bytes);
}

public readonly record struct TerminalSize(int Columns, int Rows);
