using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Imports;

/// <summary>One line of an ssh_config file.</summary>
/// <param name="Line">Of an included file: the line that includes it.</param>
/// <param name="Keyword">In lower case.</param>
public sealed record SshConfigLine(int Line, string Keyword, IReadOnlyList<string> Words)
{
    /// <summary>Lines of a file with all that it includes.</summary>
    public const int Max = 100_000;

    /// <summary>Lines that say something.</summary>
    /// <param name="at">Null: each line has its own number; else all have this one.</param>
    public static Result<IReadOnlyList<SshConfigLine>> Read(string text, int? at = null)
    {
        List<SshConfigLine> lines = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (number > Max)
            {
                return Refusal.Invalid($"The file has more than {Max} lines.");
            }

            // "Keyword value" and "Keyword=value" are the same.
            string trimmed = line.Trim(' ', '\t', '\r', '\f');
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            int end = trimmed.AsSpan().IndexOfAny(" \t=") is var found && found < 0 ? trimmed.Length : found;
            string rest = trimmed[end..].TrimStart(' ', '\t');
            if (rest.StartsWith('='))
            {
                rest = rest[1..];
            }

            if (Split(rest) is not { } words)
            {
                return Refusal.Invalid($"Line {at ?? number} of the file has a quote that does not end.");
            }

            lines.Add(new SshConfigLine(at ?? number, trimmed[..end].ToLowerInvariant(), words));
        }

        return Result.Ok<IReadOnlyList<SshConfigLine>>(lines);
    }

    // Null: a quote is open at the end.
    private static List<string>? Split(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        (bool isQuoted, bool isBegun) = (false, false);
        foreach (char c in text)
        {
            if (c == '"')
            {
                (isQuoted, isBegun) = (!isQuoted, true);
            }
            else if (!isQuoted && c is ' ' or '\t')
            {
                End();
            }
            else if (!isQuoted && !isBegun && c == '#')
            {
                return words;
            }
            else
            {
                isBegun = true;
                word.Append(c);
            }
        }

        End();
        return isQuoted ? null : words;

        void End()
        {
            if (isBegun)
            {
                words.Add(word.ToString());
                word.Clear();
                isBegun = false;
            }
        }
    }
}
