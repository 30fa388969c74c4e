using System.Text;
using System.Text.RegularExpressions;

namespace PamTui.Sql.Commands;

internal sealed class PostgreSqlDialect : Dialect
{
    private const string IsOurs = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    public override string CurrentDatabase => "SELECT pg_catalog.current_database()";

    public override string WhoAmI => "SELECT current_user, pg_catalog.current_database(), coalesce(pg_catalog.host(pg_catalog.inet_server_addr()), 'a local socket'), pg_catalog.inet_server_port()::text";

    public override string Names => $"""
        SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {IsOurs} ORDER BY 1, 2, a.attnum LIMIT 10000
        """;

    public override string Relations(string kinds, string? pattern)
    {
        string letters = string.Join(", ", (kinds.Length == 0 ? "tvms" : kinds).SelectMany(kind => kind switch
        {
            't' => "rp",
            'i' => "iI",
            's' => "S",
            _ => kind.ToString(),
        }).Select(letter => $"'{letter}'"));
        return $"""
            SELECT n.nspname AS "Schema", c.relname AS "Name",
              CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' END AS "Type",
              pg_catalog.pg_get_userbyid(c.relowner) AS "Owner"{(kinds == "i" ? ", t.relname AS \"Table\"" : "")}
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            {(kinds == "i" ? "JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid" : "")}
            WHERE c.relkind IN ({letters}) AND {Matches(pattern, "n.nspname", "c.relname", "pg_catalog.pg_table_is_visible(c.oid) AND " + IsOurs)}
            ORDER BY 1, 2
            """;
    }

    public override IReadOnlyList<(string Title, string Query)> Describe(string name)
    {
        string table = $"(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {Matches(name, "n.nspname", "c.relname", "pg_catalog.pg_table_is_visible(c.oid)")} ORDER BY c.relkind IN ('i', 'I'), n.nspname, c.relname LIMIT 1)";
        return
        [
            ("", $"""
                SELECT a.attname AS "Column", pg_catalog.format_type(a.atttypid, a.atttypmod) AS "Type",
                  CASE WHEN a.attnotnull THEN 'not null' ELSE '' END AS "Nullable", coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') AS "Default"
                FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = {table} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
                """),
            ("Indexes", $"""
                SELECT i.relname AS "Index", CASE WHEN x.indisprimary THEN 'primary key' WHEN x.indisunique THEN 'unique' ELSE '' END AS "Kind",
                  pg_catalog.pg_get_indexdef(x.indexrelid) AS "Definition"
                FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = {table} ORDER BY x.indisprimary DESC, 1
                """),
            ("Constraints", $"""
                SELECT conname AS "Constraint", pg_catalog.pg_get_constraintdef(oid, true) AS "Definition"
                FROM pg_catalog.pg_constraint WHERE conrelid = {table} AND contype IN ('c', 'f') ORDER BY contype, 1
                """),
            ("Referenced by", $"""
                SELECT conrelid::pg_catalog.regclass::text AS "Table", conname AS "Constraint", pg_catalog.pg_get_constraintdef(oid, true) AS "Definition"
                FROM pg_catalog.pg_constraint WHERE confrelid = {table} AND contype = 'f' ORDER BY 1, 2
                """),
            ("View definition", $"SELECT pg_catalog.pg_get_viewdef(oid, true) AS \"Definition\" FROM pg_catalog.pg_class WHERE oid = {table} AND relkind IN ('v', 'm')"),
        ];
    }

    public override string Schemas(string? pattern) => $"""
        SELECT n.nspname AS "Name", pg_catalog.pg_get_userbyid(n.nspowner) AS "Owner" FROM pg_catalog.pg_namespace n
        WHERE {Matches(pattern, null, "n.nspname", IsOurs)} ORDER BY 1
        """;

    public override string Users(string? pattern) => $"""
        SELECT r.rolname AS "Role", pg_catalog.concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreaterole THEN 'create role' END,
          CASE WHEN r.rolcreatedb THEN 'create DB' END, CASE WHEN NOT r.rolcanlogin THEN 'cannot login' END, CASE WHEN r.rolreplication THEN 'replication' END) AS "Attributes",
          pg_catalog.array_to_string(ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON m.roleid = b.oid WHERE m.member = r.oid ORDER BY 1), ', ') AS "Member of"
        FROM pg_catalog.pg_roles r WHERE {Matches(pattern, null, "r.rolname", "r.rolname !~ '^pg_'")} ORDER BY 1
        """;

    public override string Databases(string? pattern) => $"""
        SELECT d.datname AS "Name", pg_catalog.pg_get_userbyid(d.datdba) AS "Owner", pg_catalog.pg_encoding_to_char(d.encoding) AS "Encoding",
          pg_catalog.array_to_string(d.datacl, ', ') AS "Access privileges"
        FROM pg_catalog.pg_database d WHERE {Matches(pattern, null, "d.datname", "true")} ORDER BY 1
        """;

    public override string Functions(string? pattern) => $"""
        SELECT n.nspname AS "Schema", p.proname AS "Name", pg_catalog.pg_get_function_result(p.oid) AS "Result", pg_catalog.pg_get_function_arguments(p.oid) AS "Arguments"
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE {Matches(pattern, "n.nspname", "p.proname", "pg_catalog.pg_function_is_visible(p.oid) AND " + IsOurs)} ORDER BY 1, 2, 4
        """;

    // The setting that makes a backslash an escape may be off or on: E'' means the same under both.
    public override string Literal(string text) => $"E'{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal).Replace('\0', ' ')}'";

    /// <param name="otherwise">The condition without a schema in the pattern.</param>
    private string Matches(string? pattern, string? schema, string name, string otherwise)
    {
        if (pattern is null)
        {
            return otherwise;
        }

        (string? ofSchema, string ofName) = Split(pattern);
        string matches = $"{name} OPERATOR(pg_catalog.~) {Literal(ofName)}";
        return schema is null || ofSchema is null
            ? schema is null ? matches : $"{matches} AND {VisibleOf(otherwise)}"
            : $"{matches} AND {schema} OPERATOR(pg_catalog.~) {Literal(ofSchema)}";
    }

    // A name that was given may be the system's.
    private static string VisibleOf(string otherwise) => otherwise.Split(" AND ")[0];

    private static (string? Schema, string Name) Split(string pattern)
    {
        List<string> parts = [""];
        bool quoted = false;
        foreach (char c in pattern)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                parts.Add("");
            }
            else
            {
                parts[^1] += quoted ? Regex.Escape(c.ToString()) : c switch
                {
                    '*' => ".*",
                    '?' => ".",
                    _ => Regex.Escape(c.ToString()).ToLowerInvariant(),
                };
            }
        }

        string Whole(string part) => new StringBuilder("^(").Append(part).Append(")$").ToString();
        return parts.Count == 1 ? (null, Whole(parts[0])) : (Whole(parts[^2]), Whole(parts[^1]));
    }
}
