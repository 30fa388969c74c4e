namespace PamTui.Gateway.Databases.MySql;

/// <summary>The prepared statements of a session by the server's numbers: what an execution runs. Used by both pumps.</summary>
internal sealed class PreparedStatements
{
    /// <summary>As many as MySQL's own max_prepared_stmt_count, by default.</summary>
    private const int MaxCount = 16_382;
    private const long MaxCharacters = 8 * 1024 * 1024;

    private readonly Lock _sync = new();
    private readonly Dictionary<uint, PreparedStatement> _all = [];
    private long _characters;
    private PreparedStatement? _last;

    /// <summary>No further one is kept: it would run without its text in the log.</summary>
    public bool IsFull
    {
        get
        {
            lock (_sync)
            {
                return _all.Count >= MaxCount || _characters >= MaxCharacters;
            }
        }
    }

    public void Add(uint id, PreparedStatement statement)
    {
        lock (_sync)
        {
            Take(id);
            _all[id] = statement;
            _characters += statement.Text.Length;
            _last = statement;
        }
    }

    /// <param name="id">The server's; the highest number means MariaDB's "the one prepared last".</param>
    public PreparedStatement? Find(uint id)
    {
        lock (_sync)
        {
            return id == uint.MaxValue ? _last : _all.GetValueOrDefault(id);
        }
    }

    public void Remove(uint id)
    {
        lock (_sync)
        {
            Take(id);
        }
    }

    /// <summary>The session was reset.</summary>
    public void Clear()
    {
        lock (_sync)
        {
            _all.Clear();
            (_characters, _last) = (0, null);
        }
    }

    private void Take(uint id)
    {
        if (_all.Remove(id, out PreparedStatement? old))
        {
            _characters -= old.Text.Length;
        }
    }
}
