using System.Text;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>
/// Splits the command of `ssh alice@gw COMMAND` into words as a POSIX shell quotes them, and does nothing else that a shell does:
/// no expansion, no operators. What a shell would act on ('$', '`', ';', '|', …) is a plain character here.
/// </summary>
internal static class ShellWords
{
    public const int MaxLength = 64 * 1024;
    public const int MaxWords = 1024;

    public static Result<IReadOnlyList<string>> Split(string line)
    {
        if (line.Length > MaxLength)
        {
            return Refusal.Invalid($"The command has more than {MaxLength} characters.");
        }

        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        for (int at = 0; at < line.Length; at++)
        {
            char c = line[at];
            switch (c)
            {
                case ' ' or '\t' or '\n':
                    if (inWord)
                    {
                        words.Add(word.ToString());
                        word.Clear();
                        inWord = false;
                    }

                    break;
                case '\'':
                    int end = line.IndexOf('\'', at + 1);
                    if (end < 0)
                    {
                        return Unclosed('\'', at);
                    }

                    word.Append(line, at + 1, end - at - 1);
                    inWord = true;
                    at = end;
                    break;
                case '"':
                    int closed = DoubleQuoted(line, at + 1, word);
                    if (closed < 0)
                    {
                        return Unclosed('"', at);
                    }

                    inWord = true;
                    at = closed;
                    break;
                case '\\':
                    if (++at == line.Length)
                    {
                        return Refusal.Invalid("The command ends with a backslash that quotes nothing.");
                    }

                    // A quoted line break joins two lines (POSIX 2.2.1).
                    if (line[at] != '\n')
                    {
                        word.Append(line[at]);
                        inWord = true;
                    }

                    break;
                default:
                    word.Append(c);
                    inWord = true;
                    break;
            }

            if (words.Count > MaxWords)
            {
                return Refusal.Invalid($"The command has more than {MaxWords} words.");
            }
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return Result.Ok<IReadOnlyList<string>>(words);
    }

    // Inside double quotes a backslash quotes only '$', '`', '"', itself and a line break (POSIX 2.2.3). Returns where the quote ends.
    private static int DoubleQuoted(string line, int at, StringBuilder word)
    {
        for (; at < line.Length; at++)
        {
            switch (line[at])
            {
                case '"':
                    return at;
                case '\\' when at + 1 < line.Length && line[at + 1] is '$' or '`' or '"' or '\\' or '\n':
                    at++;
                    if (line[at] != '\n')
                    {
                        word.Append(line[at]);
                    }

                    break;
                default:
                    word.Append(line[at]);
                    break;
            }
        }

        return -1;
    }

    private static Refusal Unclosed(char quote, int at) =>
        Refusal.Invalid($"The quote {quote} at character {at + 1} of the command is not closed.");
}
