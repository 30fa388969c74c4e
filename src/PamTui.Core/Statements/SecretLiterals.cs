using System.Buffers;
using System.Text;

namespace PamTui.Core.Statements;

/// <param name="TakesValue">A bound value stands where a password would.</param>
internal readonly record struct WithoutSecrets(string Text, bool TakesValue);

/// <summary>
/// Takes the literals of passwords out of a statement: what follows PASSWORD, IDENTIFIED … BY, AS or USING, a name that ends in password, and
/// what stands in literals and comments like a connection string or like SQL that sets a password. Nothing but literals is ever taken, or by
/// words of that kind one could hide what one runs.
/// </summary>
internal sealed class SecretLiterals(bool isMySql)
{
    private const string Mask = "'***'";

    // A function body may hold SQL that holds another one; nobody writes more of them.
    private const int MaxDepth = 4;

    private static readonly SearchValues<string> s_signs = SearchValues.Create(["PASSWORD", "PASSWD", "PWD", "IDENTIFIED", "://"], StringComparison.OrdinalIgnoreCase);

    /// <param name="backslash">Unsure: what is a password in either reading is taken out.</param>
    public WithoutSecrets Of(string text, Backslash backslash = Backslash.Usual)
    {
        if (text.AsSpan().IndexOfAny(s_signs) < 0)
        {
            return new WithoutSecrets(text, false);
        }

        List<Cut> cuts = [];
        bool takesValue = false;
        ReadOnlySpan<bool> readings = backslash switch
        {
            Backslash.Usual => [isMySql],
            Backslash.Unsure => [true, false],
            _ => [backslash == Backslash.Escape],
        };
        foreach (bool escapes in readings)
        {
            takesValue |= Find(text, 0, escapes, 0, cuts);
        }

        return new WithoutSecrets(Without(text, cuts), takesValue);
    }

    private static bool IsSecretName(ReadOnlySpan<char> name) =>
        name.EndsWith("password", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("passwd", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("pwd", StringComparison.OrdinalIgnoreCase);

    private static bool Is(ReadOnlySpan<char> word, params ReadOnlySpan<string> any)
    {
        foreach (string one in any)
        {
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="from">Where in the whole text this one begins.</param>
    /// <returns>A bound value stands where a password would.</returns>
    private bool Find(ReadOnlySpan<char> text, int from, bool escapes, int depth, List<Cut> cuts)
    {
        SqlScanner scanner = new(text, isMySql, escapes);
        Clause clause = new(isMySql);
        bool takesValue = false;
        for (SqlToken token = scanner.Next(); token.Kind != SqlTokenKind.End; token = scanner.Next())
        {
            ReadOnlySpan<char> inner = text[token.Inner..token.InnerEnd];
            if (clause.IsSecret(token.Kind, text[token.Start..token.End]))
            {
                takesValue |= token.Kind == SqlTokenKind.Placeholder;
                if (token.Kind != SqlTokenKind.Placeholder)
                {
                    cuts.Add(new Cut(from + token.Start, from + token.End, Mask));
                }
            }
            else if (token.Kind is SqlTokenKind.String or SqlTokenKind.DollarString or SqlTokenKind.Comment && inner.IndexOfAny(s_signs) >= 0)
            {
                if (token.Kind == SqlTokenKind.DollarString && depth < MaxDepth)
                {
                    takesValue |= Find(inner, from + token.Inner, escapes, depth + 1, cuts);
                }
                else if (EmbeddedSecrets.Without(inner) is var without && !inner.SequenceEqual(without))
                {
                    cuts.Add(new Cut(from + token.Inner, from + token.InnerEnd, without));
                }
            }

            clause.Pass(token.Kind, token.Kind == SqlTokenKind.Word ? inner : text[token.Start..token.End], inner);
        }

        return takesValue;
    }

    // Two readings may cut the same, or one where the other does not; where they disagree all of it goes.
    private static string Without(string text, List<Cut> cuts)
    {
        StringBuilder kept = new(text.Length);
        int copied = 0;
        cuts.Sort();
        for (int i = 0; i < cuts.Count;)
        {
            Cut cut = cuts[i];
            for (i++; i < cuts.Count && cuts[i].Start < cut.End; i++)
            {
                cut = cuts[i] == cut ? cut : new Cut(cut.Start, Math.Max(cut.End, cuts[i].End), Mask);
            }

            kept.Append(text.AsSpan(copied, cut.Start - copied)).Append(cut.With);
            copied = cut.End;
        }

        return kept.Append(text.AsSpan(copied)).ToString();
    }

    private readonly record struct Cut(int Start, int End, string With) : IComparable<Cut>
    {
        public int CompareTo(Cut other) => Start.CompareTo(other.Start);
    }

    /// <summary>Where in a statement a password would stand.</summary>
    private struct Clause(bool isMySql)
    {
        private readonly bool _isMySql = isMySql;
        private bool _next;
        private bool _after;
        private bool _hasBegun;
        private bool _afterSet;
        private bool _setsPassword;
        private bool _identifies;

        public readonly bool IsSecret(SqlTokenKind kind, ReadOnlySpan<char> text) => kind switch
        {
            SqlTokenKind.String or SqlTokenKind.DollarString => _next || _after,
            SqlTokenKind.Number => _next && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase),
            SqlTokenKind.Placeholder => _next,
            _ => false,
        };

        public void Pass(SqlTokenKind kind, ReadOnlySpan<char> text, ReadOnlySpan<char> inner)
        {
            switch (kind)
            {
                case SqlTokenKind.Comment:
                    return;
                case SqlTokenKind.Word:
                    PassWord(text);
                    return;
                case SqlTokenKind.Symbol:
                    PassSymbol(text[0]);
                    return;
                default:
                    // Literals side by side are one.
                    bool isText = kind is SqlTokenKind.String or SqlTokenKind.DollarString;
                    _after = isText && (_next || _after);
                    _next = isText && !_after && IsSecretName(inner);
                    return;
            }
        }

        private void PassWord(ReadOnlySpan<char> word)
        {
            _identifies |= _isMySql && Is(word, "IDENTIFIED");
            _setsPassword |= _afterSet && Is(word, "PASSWORD");
            _afterSet = !_hasBegun && Is(word, "SET");
            _hasBegun = true;
            _after = false;
            _next = IsSecretName(word)
                || (_identifies && Is(word, "BY", "AS", "USING", "REPLACE"))
                || (_setsPassword && Is(word, "TO", "REPLACE"));
        }

        private void PassSymbol(char symbol)
        {
            if (symbol == ';')
            {
                this = new Clause(_isMySql);
                return;
            }

            _after = false;
            _afterSet = false;
            _next = (_next && symbol is '=' or '<' or '>' or '!' or ':' or '(' or ',') || (_setsPassword && symbol == '=');
        }
    }
}
