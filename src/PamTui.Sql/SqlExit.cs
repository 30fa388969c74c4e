namespace PamTui.Sql;

/// <summary>Exit statuses, as psql's.</summary>
internal static class SqlExit
{
    public const int Ok = 0;
    public const int StatementFailed = 1;
    public const int ConnectionLost = 2;
}
