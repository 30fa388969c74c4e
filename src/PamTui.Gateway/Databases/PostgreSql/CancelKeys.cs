using System.Collections.Concurrent;
using PamTui.Core.Access;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// The keys that this gateway has given to clients, and what each cancels: one session upstream and no other. Whoever shows a key must be the
/// user of that session, on the same account (G3).
/// </summary>
internal sealed class CancelKeys
{
    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>A key for a client that speaks this version; forgotten with <see cref="Remove"/>.</summary>
    public CancelKey Add(int version, AccessGrant grant, CancelTarget target)
    {
        while (true)
        {
            CancelKey key = CancelKey.Make(version);
            if (_entries.TryAdd(key.ProcessId, new Entry(key, grant.Who.Id, grant.What.Id, target)))
            {
                return key;
            }
        }
    }

    public void Remove(CancelKey key) => _entries.TryRemove(key.ProcessId, out _);

    /// <summary>Null: no such key, or not this user's.</summary>
    public CancelTarget? Find(CancelKey shown, AccessGrant grant) =>
        _entries.TryGetValue(shown.ProcessId, out Entry? entry) && entry.Key.FixedTimeEquals(shown) && entry.User == grant.Who.Id && entry.Account == grant.What.Id
            ? entry.Target
            : null;

    private sealed record Entry(CancelKey Key, long User, long Account, CancelTarget Target);
}
