namespace PamTui.Gateway.Console;

/// <summary>The terminal behind a channel, as the client described it; the size is live.</summary>
public sealed class ConsoleTerminal
{
    private readonly Lock _gate = new();
    private (int Columns, int Rows) _size;

    internal ConsoleTerminal(string term, int columns, int rows, CancellationToken closed) =>
        (Term, _size, Closed) = (term, (columns, rows), closed);

    /// <summary>Called on a thread of the connection, after the size changed.</summary>
    public event Action? Resized;

    /// <summary>As sent: at most 64 printable characters, not trusted.</summary>
    public string Term { get; }

    /// <summary>The COLORTERM of the client's environment, if it sent one.</summary>
    public string? ColorTerm { get; internal set; }

    public (int Columns, int Rows) Size
    {
        get
        {
            lock (_gate)
            {
                return _size;
            }
        }
    }

    public int Columns => Size.Columns;

    public int Rows => Size.Rows;

    /// <summary>Cancelled when the channel or the connection is gone, or the session is ended.</summary>
    public CancellationToken Closed { get; }

    internal void Resize(int columns, int rows)
    {
        lock (_gate)
        {
            _size = (columns, rows);
        }

        Resized?.Invoke();
    }
}
