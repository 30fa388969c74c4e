using PamTui.Sql.Commands;

namespace PamTui.Sql.Prompt;

/// <summary>What a word that has begun may become: keywords, and the tables and columns of the database, which are asked for once.</summary>
internal sealed class Completer(SqlSession session)
{
    private static readonly string[] s_keywords =
    [
        "ALTER", "ANALYZE", "AND", "BEGIN", "BETWEEN", "CASE", "COMMIT", "COPY", "COUNT(", "CREATE", "CROSS", "DELETE", "DESC", "DISTINCT", "DROP", "ELSE", "END", "EXCEPT", "EXISTS",
        "EXPLAIN", "FALSE", "FROM", "FULL", "FUNCTION", "GRANT", "GROUP BY", "HAVING", "INDEX", "INNER", "INSERT INTO", "INTERSECT", "INTO", "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "NULL",
        "OFFSET", "ORDER BY", "OUTER", "PRIMARY KEY", "REFERENCES", "RETURNING", "REVOKE", "RIGHT", "ROLLBACK", "SAVEPOINT", "SCHEMA", "SELECT", "SET", "SHOW", "TABLE", "THEN", "TRUE",
        "TRUNCATE", "UNION", "UNIQUE", "UPDATE", "USING", "VACUUM", "VALUES", "VIEW", "WHEN", "WHERE", "WITH",
    ];

    private static readonly string[] s_commands =
    [
        "\\?", "\\c", "\\conninfo", "\\d", "\\df", "\\di", "\\dm", "\\dn", "\\ds", "\\dt", "\\du", "\\dv", "\\export csv", "\\export json", "\\l", "\\pset format aligned",
        "\\pset format csv", "\\pset format json", "\\q", "\\timing", "\\x",
    ];

    private IReadOnlyList<IReadOnlyList<string?>>? _names;

    /// <summary>The database may have other tables now.</summary>
    public void Forget() => _names = null;

    /// <param name="before">What stands before the cursor.</param>
    /// <returns>How much of it is the word, and what it may become.</returns>
    public async Task<(int Length, IReadOnlyList<string> Candidates)> CompleteAsync(string before, CancellationToken ct)
    {
        if (before.StartsWith('\\') && !before.Contains(' ', StringComparison.Ordinal))
        {
            return (before.Length, [.. s_commands.Where(command => command.StartsWith(before, StringComparison.Ordinal))]);
        }

        int start = before.Length;
        while (start > 0 && (char.IsLetterOrDigit(before[start - 1]) || before[start - 1] is '_' or '.' or '$'))
        {
            start--;
        }

        string word = before[start..];
        if (word.Length == 0)
        {
            return (0, []);
        }

        // In a transaction that has failed the database answers nothing.
        _names ??= session.Server.Transaction == Wire.TransactionState.Failed ? null : await session.RowsAsync(Dialect.Of(session.Kind).Names, ct);
        bool isLower = word.Any(char.IsLower);
        IEnumerable<string> keywords = before.StartsWith('\\') ? [] : s_keywords.Select(keyword => isLower ? keyword.ToLowerInvariant() : keyword);
        int dot = word.LastIndexOf('.');
        IEnumerable<string?> names = dot < 0
            ? (_names ?? []).SelectMany(name => name)
            : (_names ?? []).Where(name => Is(name[0], word[..dot]) || Is(name[1], word[..dot]))
                .Select(name => word[..(dot + 1)] + (Is(name[1], word[..dot]) ? name[2] : name[1]));
        return (word.Length, [.. keywords.Concat(names.OfType<string>())
            .Where(candidate => candidate.Length > 0 && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) && candidate.All(c => !char.IsControl(c)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>What two words begin with.</summary>
    public static string Common(string one, string other)
    {
        int length = 0;
        while (length < one.Length && length < other.Length && char.ToLowerInvariant(one[length]) == char.ToLowerInvariant(other[length]))
        {
            length++;
        }

        return one[..length];
    }

    private static bool Is(string? name, string word) => string.Equals(name, word, StringComparison.OrdinalIgnoreCase);
}
