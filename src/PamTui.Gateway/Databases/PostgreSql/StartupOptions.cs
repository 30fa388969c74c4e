using System.Text;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>The start-up parameter "options": a command line of the server's, of which settings alone are taken (G7).</summary>
internal static class StartupOptions
{
    /// <summary>Takes "-c name=value", "-cname=value" and "--name=value" into the settings.</summary>
    /// <returns>Null, or why something else in it is not taken.</returns>
    public static Refusal? Parse(string options, Dictionary<string, string> settings)
    {
        Queue<string> words = new(Split(options));
        while (words.TryDequeue(out string? word))
        {
            string? pair = word switch
            {
                "-c" => words.TryDequeue(out string? next) ? next : null,
                _ when word.StartsWith("-c", StringComparison.Ordinal) => word[2..],
                _ when word.StartsWith("--", StringComparison.Ordinal) => word[2..],
                _ => null,
            };
            if (pair is null || pair.IndexOf('=', StringComparison.Ordinal) is not (> 0 and int equals))
            {
                return Refusal.Failed($"{Text.Quote(word)} in the start-up parameter 'options' is not passed on; write -c NAME=VALUE.");
            }

            // As the server does: a dash in a name stands for an underscore.
            settings[pair[..equals].Replace('-', '_')] = pair[(equals + 1)..];
        }

        return null;
    }

    /// <summary>At white space, unless a backslash stands before it.</summary>
    private static List<string> Split(string options)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        for (int i = 0; i < options.Length; i++)
        {
            bool escaped = options[i] == '\\' && i + 1 < options.Length;
            if (!escaped && char.IsWhiteSpace(options[i]))
            {
                End();
                continue;
            }

            i += escaped ? 1 : 0;
            word.Append(options[i]);
            inWord = true;
        }

        End();
        return words;

        void End()
        {
            if (inWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            inWord = false;
        }
    }
}
