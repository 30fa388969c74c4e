namespace PamTui.Sql.Commands;

internal sealed class MySqlDialect : Dialect
{
    public override string CurrentDatabase => "SELECT DATABASE()";

    public override string WhoAmI => "SELECT CURRENT_USER(), coalesce(DATABASE(), '(none)'), @@hostname, @@port";

    public override string Names =>
        "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position LIMIT 10000";

    public override string Relations(string kinds, string? pattern)
    {
        if (kinds == "i")
        {
            return $"""
                SELECT table_name AS `Table`, index_name AS `Index`, IF(MIN(non_unique) = 0, 'yes', 'no') AS `Unique`, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS `Columns`
                FROM information_schema.statistics WHERE {Matches(pattern, "index_name")} GROUP BY table_name, index_name ORDER BY 1, 2
                """;
        }

        string types = string.Join(", ", (kinds.Length == 0 ? "tvs" : kinds).Select(kind => kind switch
        {
            't' => "'BASE TABLE', 'SYSTEM VERSIONED'",
            'v' => "'VIEW', 'SYSTEM VIEW'",
            's' => "'SEQUENCE'",
            _ => "''",
        }));
        return $"""
            SELECT table_schema AS `Schema`, table_name AS `Name`, LOWER(table_type) AS `Type`, engine AS `Engine`, table_rows AS `Rows (about)`
            FROM information_schema.tables WHERE table_type IN ({types}) AND {Matches(pattern, "table_name")} ORDER BY 1, 2
            """;
    }

    public override IReadOnlyList<(string Title, string Query)> Describe(string name) =>
    [
        ("", $"""
            SELECT column_name AS `Column`, column_type AS `Type`, IF(is_nullable = 'NO', 'not null', '') AS `Nullable`, column_default AS `Default`, extra AS `Extra`
            FROM information_schema.columns WHERE {Matches(name, "table_name")} ORDER BY table_name, ordinal_position
            """),
        ("Indexes", $"""
            SELECT index_name AS `Index`, IF(MIN(non_unique) = 0, 'unique', '') AS `Kind`, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS `Columns`
            FROM information_schema.statistics WHERE {Matches(name, "table_name")} GROUP BY table_name, index_name ORDER BY index_name <> 'PRIMARY', 1
            """),
        ("Foreign keys", $"""
            SELECT constraint_name AS `Constraint`, column_name AS `Column`, CONCAT(referenced_table_name, '(', referenced_column_name, ')') AS `References`
            FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL AND {Matches(name, "table_name")} ORDER BY 1, ordinal_position
            """),
        ("View definition", $"SELECT view_definition AS `Definition` FROM information_schema.views WHERE {Matches(name, "table_name")}"),
    ];

    public override string Schemas(string? pattern) => Databases(pattern);

    public override string Users(string? pattern) => $"SELECT user AS `User`, host AS `Host` FROM mysql.user WHERE user LIKE {Literal(Like(pattern))} ORDER BY 1, 2";

    public override string Databases(string? pattern) =>
        $"SELECT schema_name AS `Name`, default_character_set_name AS `Encoding`, default_collation_name AS `Collation` FROM information_schema.schemata WHERE schema_name LIKE {Literal(Like(pattern))} ORDER BY 1";

    public override string Functions(string? pattern) => $"""
        SELECT routine_schema AS `Schema`, routine_name AS `Name`, LOWER(routine_type) AS `Type`, dtd_identifier AS `Result`
        FROM information_schema.routines WHERE {Matches(pattern, "routine_name").Replace("table_schema", "routine_schema", StringComparison.Ordinal)} ORDER BY 1, 2
        """;

    // Whether a backslash escapes is a setting of the server: in hexadecimal there is none.
    public override string Literal(string text) => text.Length == 0 ? "''" : $"CONVERT(0x{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text))} USING utf8mb4)";

    private string Matches(string? pattern, string name)
    {
        string[] parts = (pattern ?? "*").Replace("`", "", StringComparison.Ordinal).Split('.', 2);
        string schema = parts.Length == 2 ? $"table_schema LIKE {Literal(Like(parts[0]))}" : "table_schema = DATABASE()";
        return $"{schema} AND {name} LIKE {Literal(Like(parts[^1]))}";
    }

    private static string Like(string? pattern) => (pattern ?? "*")
        .Replace("\\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)
        .Replace('*', '%').Replace('?', '_');
}
