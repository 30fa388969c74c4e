using PamTui.Core.Model;

namespace PamTui.Core.Access;

/// <summary>
/// Failed sign-ins on their way into the audit: counted per name in bounded memory and written as sums, ever more seldom while they
/// go on, so that a stranger fills neither the memory nor the disk.
/// </summary>
internal sealed class FailureTally(TimeProvider time)
{
    public const string Others = "";

    private const int MaxNames = 1000;
    private const int MaxSources = 4;

    private static readonly TimeSpan s_firstWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestWindow = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public void Add(string name, string source)
    {
        lock (_lock)
        {
            // What can be no user's name (a password typed into the wrong field) is never kept.
            string key = Names.IsValid(name) && (_entries.ContainsKey(name) || _entries.Count < MaxNames) ? name : Others;
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                _entries[key] = entry = new Entry(time.GetUtcNow());
            }

            entry.Count++;
            entry.Note(source);
        }
    }

    /// <summary>What is due to be written now; all of it when <paramref name="everything"/>. It stays counted until <see cref="Written"/>.</summary>
    public IReadOnlyList<Failures> Due(bool everything)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (string quiet in _entries.Where(pair => pair.Value.Count == 0 && now > pair.Value.NextAt + s_longestWindow).Select(pair => pair.Key).ToList())
            {
                _entries.Remove(quiet);
            }

            return [.. _entries.Where(pair => pair.Value.Count > 0 && (everything || pair.Value.NextAt <= now)).Select(pair => pair.Value.Sum(pair.Key))];
        }
    }

    public Failures? Of(string name)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(name, out Entry? entry) && entry.Count > 0 ? entry.Sum(name) : null;
        }
    }

    /// <param name="known">The name is a user's: its window grows. Else the sum went into that of the others.</param>
    public void Written(Failures failures, bool known)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(failures.Name, out Entry? entry))
            {
                return;
            }

            entry.Count -= failures.Count;
            entry.Sources.Clear();
            if (known || failures.Name == Others)
            {
                entry.NextAt = time.GetUtcNow() + entry.Window;
                entry.Window = entry.Window * 2 < s_longestWindow ? entry.Window * 2 : s_longestWindow;
            }
            else if (entry.Count == 0)
            {
                _entries.Remove(failures.Name);
            }
        }
    }

    /// <summary>The names that are no user's join the others, which are written in their own window.</summary>
    public void Join(IEnumerable<Failures> unknown)
    {
        lock (_lock)
        {
            foreach (Failures failures in unknown.Where(failures => failures.Name != Others))
            {
                if (!_entries.TryGetValue(Others, out Entry? others))
                {
                    _entries[Others] = others = new Entry(time.GetUtcNow());
                }

                others.Count += failures.Count;
                failures.Sources.ToList().ForEach(others.Note);
            }
        }

        foreach (Failures failures in unknown)
        {
            Written(failures, known: false);
        }
    }

    /// <param name="Sources">The first few.</param>
    public sealed record Failures(string Name, long Count, IReadOnlyList<string> Sources);

    private sealed class Entry(DateTimeOffset nextAt)
    {
        public long Count { get; set; }

        public List<string> Sources { get; } = [];

        public DateTimeOffset NextAt { get; set; } = nextAt;

        public TimeSpan Window { get; set; } = s_firstWindow;

        public void Note(string source)
        {
            if (Sources.Count < MaxSources && !Sources.Contains(source, StringComparer.Ordinal))
            {
                Sources.Add(source);
            }
        }

        public Failures Sum(string name) => new(name, Count, [.. Sources]);
    }
}
