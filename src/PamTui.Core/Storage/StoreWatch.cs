using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>
/// Tells everybody who waits that something was committed to the store, by whatever process: one look a second at SQLite's counter of
/// commits for all of them, and none while nobody waits.
/// </summary>
internal sealed class StoreWatch(Database database, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<ChannelWriter<Done>> _waiting = [];
    private CancellationTokenSource? _stop;
    private Task _looking = Task.CompletedTask;

    /// <summary>
    /// At once, and again after commits, at most once a second. Whatever is committed after an answer was given comes with a later one.
    /// </summary>
    public async IAsyncEnumerable<Done> ChangesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        Channel<Done> mine = Channel.CreateBounded<Done>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        await AddAsync(mine.Writer, ct).ConfigureAwait(false);
        try
        {
            yield return default;
            await foreach (Done change in mine.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            await RemoveAsync(mine.Writer).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task AddAsync(ChannelWriter<Done> writer, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_stop is null)
            {
                // The counter is read before anybody reads what it counts, so that no commit falls between.
                (SqliteConnection connection, long seen) = await Task.Run(Open, ct).ConfigureAwait(false);
                _stop = new CancellationTokenSource();
                _looking = LookAsync(connection, seen, _stop.Token);
            }

            lock (_waiting)
            {
                _waiting.Add(writer);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task RemoveAsync(ChannelWriter<Done> writer)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            bool isLast;
            lock (_waiting)
            {
                _waiting.Remove(writer);
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

    private (SqliteConnection Connection, long Seen) Open()
    {
        SqliteConnection connection = database.Open();
        return (connection, CounterOf(connection));
    }

    private async Task LookAsync(SqliteConnection connection, long seen, CancellationToken ct)
    {
        using (connection)
        {
            using PeriodicTimer timer = new(s_round, time);
            try
            {
                while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
                {
                    if (CounterOf(connection) is var now && now != seen)
                    {
                        seen = now;
                        Tell(writer => writer.TryWrite(default));
                    }
                }
            }
            catch (SqliteException fault)
            {
                // Nobody waits in silence for what will not come.
                Tell(writer => writer.TryComplete(new IOException("The vault can not be read any more: " + fault.Message, fault)));
            }
        }
    }

    private void Tell(Action<ChannelWriter<Done>> tell)
    {
        lock (_waiting)
        {
            _waiting.ForEach(tell);
        }
    }

    // Of one connection it moves with the commits of all others; it is in memory that they share, so this never waits for the disk.
    private static long CounterOf(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }
}
