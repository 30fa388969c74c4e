namespace PamTui.Tui.Terminal;

/// <summary>
/// A terminal that takes nothing and says nothing until it becomes another one, of the same kind.
/// </summary>
/// <param name="size">Until then.</param>
internal sealed class LateTerminal(string term, string? colorTerm, TerminalSize size) : ITerminalChannel
{
    private ITerminalChannel? _channel;

    public event Action<ReadOnlyMemory<byte>>? Input;

    public event Action? Resized;

    public event Action? Closed;

    public event Action? Drained;

    public TerminalSize Size => _channel?.Size ?? size;

    public string Term => term;

    public string? ColorTerm => colorTerm;

    public bool IsClosed => _channel?.IsClosed ?? false;

    public int Pending => _channel?.Pending ?? 0;

    /// <summary>From now on all goes to <paramref name="channel"/> and comes from it. Once.</summary>
    public void Become(ITerminalChannel channel)
    {
        channel.Resized += () => Resized?.Invoke();
        channel.Drained += () => Drained?.Invoke();
        channel.Closed += () => Closed?.Invoke();
        Volatile.Write(ref _channel, channel);
        channel.Input += bytes => Input?.Invoke(bytes);
        if (channel.IsClosed)
        {
            Closed?.Invoke();
        }
    }

    public void Write(ReadOnlyMemory<byte> bytes) => Volatile.Read(ref _channel)?.Write(bytes);
}
