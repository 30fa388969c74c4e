namespace PamTui.Sql.Wire;

/// <summary>There is no connection, or none any more. The message may hold words of the server's.</summary>
internal sealed class SqlLostException(string message) : Exception(message)
{
    public const string Gone = "the connection to the database is lost";

    public static SqlLostException Broken(string what) => new("the database does not speak its protocol: " + what);
}
