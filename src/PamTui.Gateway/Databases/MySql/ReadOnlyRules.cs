namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// What would undo `SET SESSION TRANSACTION READ ONLY`. Only words are looked for, wherever they stand: a comment, a string and a version
/// (`/*!50000 … */`) end where the server's version, its SQL mode and the client's charset say, and whoever guesses wrong there lets a
/// statement through. So now and then one is refused that only speaks of these words, and none runs that means them.
/// </summary>
internal static class ReadOnlyRules
{
    /// <summary>What a session that may only read sends at first, and after each COM_RESET_CONNECTION.</summary>
    public static readonly byte[] ReadOnlyStatement = [(byte)Command.Query, .. "SET SESSION TRANSACTION READ ONLY"u8];

    /// <summary>The longest statement of a session that may only read: it is held until it is judged.</summary>
    public const int MaxStatement = 1024 * 1024;

    public const string TooLong = "Your grant for this account is to read only, and a statement of such a session may have 1 MiB at most.";

    [Flags]
    private enum Words
    {
        None = 0,
        Set = 1,
        Variable = 2,
        Transaction = 4,
        Read = 8,
        Write = 16,
        Prepare = 32,
        From = 64,
        Execute = 128,
        Immediate = 256,
    }

    /// <summary>Null: it undoes nothing.</summary>
    /// <param name="sql">In the client's charset, of which all that a server takes have ASCII in them.</param>
    public static string? WhyRefused(ReadOnlySpan<byte> sql)
    {
        Words seen = Words.None;
        for (int at = 0; at < sql.Length;)
        {
            int length = WordLength(sql[at..]);
            if (length > 0)
            {
                // The version of `/*!50000SET` is not part of the word.
                ReadOnlySpan<byte> word = sql.Slice(at, length);
                seen |= Meaning(word.TrimStart("0123456789"u8), isQuoted: at > 0 && sql[at - 1] is (byte)'\'' or (byte)'"' or (byte)'`');
            }

            at += Math.Max(1, length);
        }

        return Has(seen, Words.Set | Words.Variable) || Has(seen, Words.Transaction | Words.Read | Words.Write)
            ? "Your grant for this account is to read only, and this statement speaks of ending that."
            : Has(seen, Words.Prepare | Words.From) || Has(seen, Words.Execute | Words.Immediate)
                ? "Your grant for this account is to read only, and what PREPARE and EXECUTE IMMEDIATE run cannot be seen before: send the statement itself."
                : null;
    }

    private static bool Has(Words seen, Words all) => (seen & all) == all;

    // What is not ASCII may be a space in one charset and a letter in another: it ends a word.
    private static int WordLength(ReadOnlySpan<byte> sql)
    {
        int length = 0;
        while (length < sql.Length && (char.IsAsciiLetterOrDigit((char)sql[length]) || sql[length] is (byte)'_' or (byte)'$'))
        {
            length++;
        }

        return length;
    }

    private static Words Meaning(ReadOnlySpan<byte> word, bool isQuoted) => word.Length switch
    {
        3 when Is(word, "set"u8) => Words.Set,
        4 when Is(word, "read"u8) => Words.Read,
        4 when Is(word, "from"u8) => Words.From,
        5 when Is(word, "write"u8) => Words.Write,
        7 when Is(word, "set_var"u8) => Words.Set,

        // A statement never begins right after a quotation mark, so this one is a word in quotation marks.
        7 when Is(word, "prepare"u8) => isQuoted ? Words.None : Words.Prepare,
        7 when Is(word, "execute"u8) => Words.Execute,
        9 when Is(word, "immediate"u8) => Words.Immediate,
        11 when Is(word, "transaction"u8) => Words.Transaction,
        12 when Is(word, "tx_read_only"u8) => Words.Variable,
        21 when Is(word, "transaction_read_only"u8) => Words.Variable,
        _ => Words.None,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lower)
    {
        for (int at = 0; at < lower.Length; at++)
        {
            if ((word[at] | 0x20) != (lower[at] | 0x20))
            {
                return false;
            }
        }

        return true;
    }
}
