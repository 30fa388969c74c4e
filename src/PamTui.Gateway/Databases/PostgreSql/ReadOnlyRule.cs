namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// Read-only grants. The session begins with default_transaction_read_only, so that the server itself refuses to write; what would end that is
/// refused here, before the server hears of it. What functions, procedures and foreign servers do cannot be seen from here: the role's own
/// rights say what of that it may call (docs/threat-model.md).
/// </summary>
internal static class ReadOnlyRule
{
    public const string FunctionCall = "function calls outside of SQL (large objects) cannot be seen through, and the grant is read-only";

    /// <summary>Each would do behind the server's check what the check is for.</summary>
    private static readonly HashSet<string> s_functions = new(StringComparer.Ordinal)
    {
        "set_config",

        // Before PostgreSQL 16 these write in a read-only transaction as in any.
        "lo_creat", "lo_create", "lo_from_bytea", "lo_import", "lo_export", "lo_put", "lo_truncate", "lo_truncate64", "lo_unlink", "lowrite",
    };

    private static readonly HashSet<string> s_settings = new(StringComparer.Ordinal)
    {
        "default_transaction_read_only", "transaction_read_only", "standard_conforming_strings", "backslash_quote", "client_encoding", "names",
    };

    // Of these a byte of a letter can be a quote or a backslash, so that words could be read otherwise than the server does.
    private static readonly string[] s_unsafeEncodings = ["big5", "gbk", "gb18030", "johab", "sjis", "shift", "uhc", "mskanji", "win936", "win949", "win950", "win932", "windows936", "windows949", "windows950", "windows932"];

    /// <summary>Null: the server may hear it. Else why not, for the client.</summary>
    public static string? WhyRefused(string sql)
    {
        List<SqlToken> tokens = SqlTokens.Of(sql);
        if (tokens.Exists(token => token.Kind == SqlTokenKind.Disguised))
        {
            return "names written as U&\"…\" are not read through, and the grant is read-only; write them plainly";
        }

        if (tokens.Find(token => s_functions.Contains(token.Text) && token.Names(token.Text)) is { Text: { Length: > 0 } function })
        {
            return $"{function} is not to be had with a grant that is read-only";
        }

        if (tokens.Exists(token => token.Names("pg_settings")) && tokens.Exists(token => token.IsWord("update")))
        {
            return "settings are not changed by way of pg_settings with a grant that is read-only";
        }

        for (int start = 0; start < tokens.Count;)
        {
            int end = tokens.FindIndex(start, token => token is { Kind: SqlTokenKind.Character, Text: ";" });
            end = end < 0 ? tokens.Count : end;
            if (WhyRefused(tokens, start, end) is { } why)
            {
                return why;
            }

            start = end + 1;
        }

        return null;
    }

    /// <summary>Whether each quote and backslash in it is one.</summary>
    public static bool IsSafeEncoding(string name)
    {
        string plain = string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
        return !Array.Exists(s_unsafeEncodings, plain.Contains);
    }

    /// <summary>What goes to the server in a refused message's place: of the same kind, and of no SQL at all.</summary>
    public static ReadOnlyMemory<byte> Failing(byte type, ReadOnlySpan<byte> body)
    {
        MessageWriter writer = new();
        if (type != Frontend.Parse)
        {
            return writer.Begin(Frontend.Query).CString("!").End().Written;
        }

        WireReader reader = new(body);
        return writer.Begin(Frontend.Parse).Bytes(reader.CString()).Byte(0).CString("!").Byte(0).Byte(0).End().Written;
    }

    private static string? WhyRefused(List<SqlToken> tokens, int start, int end)
    {
        bool Has(string word) => tokens.FindIndex(start, end - start, token => token.IsWord(word)) >= 0;
        string? Setting() => tokens.FindIndex(start, end - start, token => s_settings.Contains(token.Text) && token.Names(token.Text)) is >= 0 and int at ? tokens[at].Text : null;
        return start == end ? null : tokens[start].Text switch
        {
            "begin" or "start" or "set" when Has("write") => "transactions do not write with a grant that is read-only",
            "set" or "reset" or "alter" when Setting() is { } setting => $"{setting} stays as it is with a grant that is read-only",
            "alter" when Has("system") => "the server's settings stay as they are with a grant that is read-only",
            "do" => "what a DO block does cannot be seen, and the grant is read-only",
            _ => null,
        };
    }
}
