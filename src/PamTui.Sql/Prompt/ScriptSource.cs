using System.Runtime.CompilerServices;
using System.Text;

namespace PamTui.Sql.Prompt;

/// <summary>The statements of a script, as they come.</summary>
internal static class ScriptSource
{
    /// <param name="hasEscapes">Asked before each: what a backslash in quotes is may be set by the one before.</param>
    public static async IAsyncEnumerable<SqlPiece> ReadAsync(SqlKind kind, Stream input, Func<bool> hasEscapes, [EnumeratorCancellation] CancellationToken ct)
    {
        StatementSplitter splitter = new(kind);
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[32 * 1024];
        char[] chars = new char[bytes.Length + 2];
        StringBuilder begun = new();
        bool first = true;
        for (bool final = false; !final;)
        {
            int read = await input.ReadAsync(bytes, ct);
            final = read == 0;
            int count = decoder.GetChars(bytes, 0, read, chars, 0, final);
            ReadOnlyMemory<char> came = chars.AsMemory(0, count);
            if (first && came.Length > 0)
            {
                // Editors of one system write a mark of their encoding.
                came = came.Span[0] == '\ufeff' ? came[1..] : came;
                first = false;
            }

            begun.Append(came);
            int lines = final ? begun.Length : begun.Length - came.Length + came.Span.LastIndexOf('\n') + 1;
            if (final || lines > begun.Length - came.Length || begun.Length > StatementSplitter.MaxStatement)
            {
                splitter.Feed(begun.ToString(0, lines));
                begun.Remove(0, lines);
            }

            splitter.HasEscapes = hasEscapes();
            while (splitter.Next(final) is { } piece)
            {
                yield return piece;
                splitter.HasEscapes = hasEscapes();
            }
        }
    }
}
