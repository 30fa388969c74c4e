namespace PamTui.Gateway.Databases.MySql;

/// <summary>The way to the client, for the two who write there: what the server says, and what the gateway says in its place.</summary>
internal sealed class SharedWriter(Stream client) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await client.WriteAsync(packets, ct).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
