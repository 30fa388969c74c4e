namespace PamTui.Sql.Wire;

/// <summary>One thing that a server answers to a statement.</summary>
internal abstract record SqlReply
{
    private SqlReply()
    {
    }

    /// <summary>A result begins.</summary>
    public sealed record Head(IReadOnlyList<SqlColumn> Columns) : SqlReply;

    /// <summary>As many values as the head has columns; null: NULL.</summary>
    public sealed record Row(IReadOnlyList<string?> Values) : SqlReply;

    /// <summary>A statement, or a result, is complete.</summary>
    /// <param name="Tag">"INSERT 0 1", "Query OK, 1 row affected".</param>
    public sealed record End(string Tag) : SqlReply;

    public sealed record Notice(SqlError Said) : SqlReply;

    public sealed record Failed(SqlError Error) : SqlReply;

    /// <summary>What COPY … TO STDOUT gives, as it came.</summary>
    public sealed record Copied(byte[] Data) : SqlReply;
}

internal enum SqlType
{
    Other,
    Number,
    Boolean,
}

internal sealed record SqlColumn(string Name, SqlType Type);

/// <summary>What a server says of an error, or a notice. Its words; not trusted.</summary>
/// <param name="Position">In the statement that was sent, in characters, the first is 1; null: it says none.</param>
internal sealed record SqlError(string Severity, string Code, string Message, string? Detail = null, string? Hint = null, int? Position = null, string? Where = null);
