namespace PamTui.Gateway.Databases.MySql;

/// <summary>What a server sends to a command, as far as one must know where it ends.</summary>
internal enum ReplyKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>One packet: OK, EOF, ERR, or text.</summary>
    Single,

    /// <summary>Results, one after the other, each without rows or with.</summary>
    Results,

    /// <summary>Rows of a cursor.</summary>
    Rows,

    /// <summary>Definitions of columns.</summary>
    Fields,

    /// <summary>A prepared statement: its number, definitions of its parameters and columns.</summary>
    Prepared,
}
