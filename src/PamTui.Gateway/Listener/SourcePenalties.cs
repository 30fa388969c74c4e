using System.Net;

namespace PamTui.Gateway.Listener;

/// <summary>What a connection did that counts against its source, in seconds of being turned away.</summary>
internal enum Penalty
{
    None = 0,

    /// <summary>Went away, or broke the protocol, before it signed in.</summary>
    NoSignIn = 1,

    /// <summary>Tried to sign in and failed.</summary>
    SignInFailed = 5,

    /// <summary>Let the time for signing in run out.</summary>
    GraceExceeded = 10,
}

/// <summary>
/// Penalties add up and decay with time; a source is turned away once they reach <see cref="Threshold"/>, until they are gone (A17; the
/// idea and the numbers are those of OpenSSH's PerSourcePenalties). The table is bounded: a stranger cannot grow it without end.
/// </summary>
internal sealed class SourcePenalties(TimeProvider time)
{
    private const int MaxSources = 65_536;
    private static readonly TimeSpan s_max = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_pruneEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<SourceKey, Entry> _entries = [];
    private DateTimeOffset _pruned;

    public static TimeSpan Threshold { get; } = TimeSpan.FromSeconds(15);

    public bool TurnsAway(SourceKey source)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(source, out Entry entry) && entry.Active && entry.Until > time.GetUtcNow();
        }
    }

    /// <summary>True when the source is turned away from now on, and was not before.</summary>
    public bool Add(SourceKey source, Penalty penalty)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            bool known = _entries.TryGetValue(source, out Entry entry);
            if (!known && _entries.Count >= MaxSources && !Prune(now))
            {
                return false;
            }

            bool expired = !known || entry.Until <= now;
            DateTimeOffset until = (expired ? now : entry.Until) + TimeSpan.FromSeconds((int)penalty);
            until = until - now > s_max ? now + s_max : until;
            bool was = !expired && entry.Active;
            bool active = was || until - now >= Threshold;
            _entries[source] = new Entry(until, active);
            return active && !was;
        }
    }

    public static bool IsExempt(IPAddress address, IReadOnlyList<string> networks) =>
        networks.Any(cidr => IPNetwork.TryParse(cidr, out IPNetwork network) && network.Contains(SourceKey.Plain(address)));

    /// <summary>Seldom, as it looks at every entry. True: there is room.</summary>
    private bool Prune(DateTimeOffset now)
    {
        if (now - _pruned >= s_pruneEvery)
        {
            _pruned = now;
            foreach (SourceKey gone in _entries.Where(pair => pair.Value.Until <= now).Select(pair => pair.Key).ToList())
            {
                _entries.Remove(gone);
            }
        }

        return _entries.Count < MaxSources;
    }

    private readonly record struct Entry(DateTimeOffset Until, bool Active);
}
