using PamTui.Core.Model;

namespace PamTui.Core.Statements;

/// <summary>What of a statement goes into the log: within its bounds, without literals of passwords, and with values as the policy says.</summary>
internal sealed class KeptStatement(bool masks, bool isMySql)
{
    // SQLSTATE has five characters, a number of MySQL's four or five; it comes from the target and may be anything.
    private const int MaxCode = 16;

    private readonly SecretLiterals _secrets = new(isMySql);

    public Statement Of(Statement statement)
    {
        bool cuts = statement.Text.Length > Statement.MaxText;
        WithoutSecrets text = _secrets.Of(cuts ? statement.Text[..Statement.MaxText] : statement.Text, statement.Backslash);
        return statement with
        {
            Text = text.Text,
            Truncated = statement.Truncated || cuts,
            ErrorCode = statement.ErrorCode is { } code ? Text.Escape(code, MaxCode) : null,
            Values = Values(statement.Values, masks || text.TakesValue),
        };
    }

    private static IReadOnlyList<StatementValue> Values(IReadOnlyList<StatementValue> values, bool masks)
    {
        // Each was bounded when it was made, so this many always fit.
        if (!masks && values.Count <= Statement.MaxValues / StatementValue.MaxBytes)
        {
            return values;
        }

        int kept = 0;
        StatementValue[] some = new StatementValue[values.Count];
        for (int i = 0; i < some.Length; i++)
        {
            bool fits = !masks && (kept += values[i].Kept) <= Statement.MaxValues;
            some[i] = fits ? values[i] : values[i].Masked();
        }

        return some;
    }
}
