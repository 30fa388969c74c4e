namespace PamTui.Ssh;

/// <summary>
/// Turns for key exchanges that cost a server more than others (Diffie-Hellman by powers, sntrup761). Strangers may ask for them, so only some are computed at a time, and
/// the rest wait without a thread; share one between all connections of a listener. Cheap exchanges pass by.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to be disposed.
public sealed class CostlyKeyExchanges(int atOnce)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turns = new(atOnce, atOnce);

    internal async ValueTask<Turn> EnterAsync(CancellationToken ct)
    {
        await _turns.WaitAsync(ct).ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>Until it is disposed.</summary>
    internal readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
