using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>
/// Tells everybody who waits that something was committed to the store, by whatever process: one look a second at SQLite's counter of
/// commits for all of them, and none while nobody waits. Most commits only say that a gateway lives or count bytes: who needs no more than
/// what was decided waits for the head of the audit chain, which is read once for all of them too.
/// </summary>
internal sealed class StoreWatch(Database database, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<Waiting> _waiting = [];
    private CancellationTokenSource? _stop;
    private Task _looking = Task.CompletedTask;

    /// <summary>
    /// At once, and again after commits, at most once a second. Whatever is committed after an answer was given comes with a later one.
    /// </summary>
    /// <exception cref="IOException">The store can not be read.</exception>
    public IAsyncEnumerable<Done> ChangesAsync(CancellationToken ct) => WaitAsync(onlyMoves: false, ct);

    /// <summary>As <see cref="ChangesAsync"/>, but only after commits that wrote to the audit, as every change of the vault does.</summary>
    /// <exception cref="IOException">The store can not be read.</exception>
    public IAsyncEnumerable<Done> MovesAsync(CancellationToken ct) => WaitAsync(onlyMoves: true, ct);

    private async IAsyncEnumerable<Done> WaitAsync(bool onlyMoves, [EnumeratorCancellation] CancellationToken ct)
    {
        Channel<Done> channel = Channel.CreateBounded<Done>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        Waiting mine = new(channel.Writer, onlyMoves);
        await AddAsync(mine, ct).ConfigureAwait(false);
        try
        {
            yield return default;
            await foreach (Done change in channel.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            await RemoveAsync(mine).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task AddAsync(Waiting mine, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_stop is null)
            {
                // The counter is read before anybody reads what it counts, so that no commit falls between.
                (SqliteConnection connection, Seen seen) = await Task.Run(Open, ct).ConfigureAwait(false);
                _stop = new CancellationTokenSource();
                _looking = LookAsync(connection, seen, _stop.Token);
            }

            lock (_waiting)
            {
                _waiting.Add(mine);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task RemoveAsync(Waiting mine)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            bool isLast;
            lock (_waiting)
            {
                _waiting.Remove(mine);
                isLast = _waiting.Count == 0;
            }

            if (isLast)
            {
                await StopAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task StopAsync()
    {
        if (_stop is { } stop)
        {
            _stop = null;
            await stop.CancelAsync().ConfigureAwait(false);
            await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }

    private (SqliteConnection Connection, Seen Seen) Open()
    {
        SqliteConnection connection = database.Open();
        return (connection, new Seen(CounterOf(connection), HeadOf(connection)));
    }

    private async Task LookAsync(SqliteConnection connection, Seen seen, CancellationToken ct)
    {
        using (connection)
        {
            using PeriodicTimer timer = new(s_round, time);
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
            {
                try
                {
                    seen = Look(connection, seen);
                }
                catch (SqliteException fault)
                {
                    // Nobody waits in silence for what does not come; who asks again is told from the next round on.
                    Tell(_ => true, writer => writer.TryComplete(new IOException("The vault can not be read: " + fault.Message, fault)));
                }
            }
        }
    }

    private Seen Look(SqliteConnection connection, Seen seen)
    {
        long counter = CounterOf(connection);
        if (counter == seen.Counter)
        {
            return seen;
        }

        string head = HeadOf(connection);
        bool moved = head != seen.Head;
        Tell(one => moved || !one.OnlyMoves, static writer => writer.TryWrite(default));
        return new Seen(counter, head);
    }

    private void Tell(Func<Waiting, bool> whom, Action<ChannelWriter<Done>> tell)
    {
        lock (_waiting)
        {
            foreach (Waiting one in _waiting.Where(whom))
            {
                tell(one.Writer);
            }
        }
    }

    // Of one connection it moves with the commits of all others; it is in memory that they share, so this never waits for the disk.
    private static long CounterOf(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }

    private static string HeadOf(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = VaultRow.HeadQuery;
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>A class: two that wait for the same are two.</summary>
    private sealed class Waiting(ChannelWriter<Done> writer, bool onlyMoves)
    {
        public ChannelWriter<Done> Writer => writer;

        public bool OnlyMoves => onlyMoves;
    }

    private readonly record struct Seen(long Counter, string Head);
}
