namespace PamTui.Core.Statements;

/// <summary>Which statements of a session.</summary>
/// <param name="Text">Stands in the statement, in a value, or is its error code; upper and lower case are one.</param>
/// <param name="ErrorsOnly">Those that the database refused.</param>
public sealed record StatementQuery(string Text = "", bool ErrorsOnly = false)
{
    /// <summary>The longest text that is looked for.</summary>
    public const int MaxText = 256;

    internal bool IsEverything => Text.Length == 0 && !ErrorsOnly;

    internal bool Matches(Statement statement) => (!ErrorsOnly || statement.ErrorCode is not null)
        && (Text.Length == 0
            || Has(statement.Text)
            || Has(statement.ErrorCode)
            || statement.Values.Any(value => Has(value.Text)));

    private bool Has(string? where) => where?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true;
}
