namespace PamTui.Sql;

public enum SqlKind
{
    PostgreSql,

    /// <summary>MariaDB too.</summary>
    MySql,
}
