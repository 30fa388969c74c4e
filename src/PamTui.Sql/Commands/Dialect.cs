namespace PamTui.Sql.Commands;

/// <summary>What the commands ask of one kind of database. Patterns come as literals of its SQL, quoted.</summary>
internal abstract class Dialect
{
    public static Dialect Of(SqlKind kind) => kind == SqlKind.PostgreSql ? new PostgreSqlDialect() : new MySqlDialect();

    public abstract string CurrentDatabase { get; }

    /// <summary>Of tables, views, indexes and the like.</summary>
    /// <param name="kinds">Letters of the command: t, v, i, s, m; empty: tables, views and sequences.</param>
    /// <param name="pattern">As psql has them: *, ?, a dot; null: all.</param>
    public abstract string Relations(string kinds, string? pattern);

    /// <summary>What one table is made of, each with its title.</summary>
    public abstract IReadOnlyList<(string Title, string Query)> Describe(string name);

    public abstract string Schemas(string? pattern);

    public abstract string Users(string? pattern);

    public abstract string Databases(string? pattern);

    public abstract string Functions(string? pattern);

    /// <summary>Schema, relation, column of everything that a name may be completed to.</summary>
    public abstract string Names { get; }

    /// <summary>user, database, server's address and port, of this connection.</summary>
    public abstract string WhoAmI { get; }

    public abstract string Literal(string text);
}
