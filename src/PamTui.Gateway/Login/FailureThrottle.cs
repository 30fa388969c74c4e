using PamTui.Gateway.Listener;

namespace PamTui.Gateway.Login;

/// <summary>
/// Wrong passwords make the next try slower: per user name (known or not, so that it tells nothing) and per source, growing to
/// <see cref="Longest"/>, forgotten with time. It delays and never locks: nobody can be shut out by others guessing (F7), and keys are not slowed.
/// </summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    private const int MaxEntries = 32_768;
    private const int Free = 3;
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_forget = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pruneEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<object, Entry> _entries = [];
    private DateTimeOffset _pruned;

    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(8);

    /// <summary>How long this try has to wait, whatever its password is.</summary>
    public TimeSpan DelayOf(string user, SourceKey source)
    {
        lock (_gate)
        {
            int failures = Math.Max(Failures(user), Failures(source));
            return failures < Free ? TimeSpan.Zero
                : failures - Free >= 5 ? Longest
                : s_first * (1 << (failures - Free));
        }
    }

    public void Failed(string user, SourceKey source)
    {
        lock (_gate)
        {
            Count(user);
            Count(source);
        }
    }

    /// <summary>The user's own count ends; the source's stays, else an attacker with one account of his own could clear it at will.</summary>
    public void Succeeded(string user)
    {
        lock (_gate)
        {
            _entries.Remove(user);
        }
    }

    // A full table counts for everybody it has no room for: filling it buys no free guesses.
    private int Failures(object key) => _entries.TryGetValue(key, out Entry entry) ? Remaining(entry) : _entries.Count < MaxEntries ? 0 : Free + 3;

    private int Remaining(Entry entry) => Math.Max(0, entry.Failures - (int)((time.GetUtcNow() - entry.Last) / s_forget));

    private void Count(object key)
    {
        bool known = _entries.TryGetValue(key, out Entry entry);
        if (!known && _entries.Count >= MaxEntries && !Prune())
        {
            return;
        }

        _entries[key] = new Entry(Math.Min((known ? Remaining(entry) : 0) + 1, 64), time.GetUtcNow());
    }

    /// <summary>Seldom, as it looks at every entry: a full table must not make each failure costly. True: there is room.</summary>
    private bool Prune()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now - _pruned >= s_pruneEvery)
        {
            _pruned = now;
            foreach (object gone in _entries.Where(pair => Remaining(pair.Value) == 0).Select(pair => pair.Key).ToList())
            {
                _entries.Remove(gone);
            }
        }

        return _entries.Count < MaxEntries;
    }

    private readonly record struct Entry(int Failures, DateTimeOffset Last);
}
