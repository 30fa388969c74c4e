namespace PamTui.Core.Imports;

/// <summary>The columns of a CSV file, in the order an export writes them.</summary>
internal static class ImportColumns
{
    public const string Kind = "kind";
    public const string Resource = "resource";
    public const string Host = "host";
    public const string Port = "port";
    public const string Database = "database";
    public const string HostKey = "host_key";
    public const string Account = "account";
    public const string Username = "username";
    public const string Alias = "alias";
    public const string Privilege = "privilege";
    public const string Description = "description";
    public const string Password = "password";
    public const string PrivateKeyFile = "private_key_file";

    /// <summary>Begins the column of a metadata key.</summary>
    public const string Meta = "meta.";

    public static IReadOnlyList<string> Exported { get; } = [Kind, Resource, Host, Port, Database, HostKey, Account, Username, Alias, Privilege, Description];

    public static IReadOnlyList<string> All { get; } = [.. Exported, Password, PrivateKeyFile];

    // What a spreadsheet would take for a formula.
    private const string Formula = "=+-@\t\r";

    /// <summary>The cell of a pair whose value is empty: an empty one is no pair.</summary>
    public const string EmptyValue = "'";

    /// <summary>What a cell of the first line names. Blanks around it do not count, but those at the end of a metadata key are the key's.</summary>
    public static string Name(string cell) => cell.TrimStart() is var name && name.StartsWith(Meta, StringComparison.Ordinal) ? name : name.TrimEnd();

    /// <summary>A cell that a spreadsheet shows and does not compute, and whose blanks at either end count.</summary>
    public static string Guard(string cell) => IsAwkward(cell) || IsGuarded(cell) ? "'" + cell : cell;

    /// <summary>The cell without the blanks around it, but with those that were guarded.</summary>
    public static string Trimmed(string cell) => IsGuarded(cell) ? cell[1..] : Unguard(cell.Trim());

    /// <summary>The cell that was guarded.</summary>
    public static string Unguard(string cell) => IsGuarded(cell) ? cell[1..] : cell;

    private static bool IsGuarded(string cell)
    {
        string rest = cell.TrimStart('\'');
        return rest.Length < cell.Length && (rest.Length == 0 || IsAwkward(rest));
    }

    private static bool IsAwkward(string cell) => cell.Length > 0 && (Formula.Contains(cell[0], StringComparison.Ordinal) || char.IsWhiteSpace(cell[0]) || char.IsWhiteSpace(cell[^1]));
}
