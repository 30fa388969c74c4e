using System.CommandLine;
using System.CommandLine.Completions;

namespace PamTui.Commands;

/// <summary>`pamtui completion SHELL` prints a script; the script asks the hidden verb `complete`, which knows the whole tree.</summary>
internal static class CompletionVerb
{
    public const string Hidden = "complete";

    private const string Bash = """
        _pamtui() {
            local line
            COMPREPLY=()
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(pamtui complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -o default -F _pamtui pamtui
        """;

    private const string Zsh = """
        #compdef pamtui
        _pamtui() {
            local -a found
            found=("${(@f)$(pamtui complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            compadd -a found || _files
        }
        compdef _pamtui pamtui
        """;

    private const string Fish = """
        function __pamtui_complete
            set -l words (commandline -opc) (commandline -ct)
            pamtui complete -- $words[2..-1] 2>/dev/null
        end
        complete -c pamtui -a '(__pamtui_complete)'
        """;

    public static Verb Build(CommandContext context)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        Verb verb = new(
            "completion",
            "Print a script that completes this program's words in a shell",
            "completion bash > ~/.local/share/bash-completion/completions/pamtui",
            "completion fish > ~/.config/fish/completions/pamtui.fish")
        {
            LocalOnly = "Completion works where the shell runs: use `pamtui completion` on a machine that has the program.",
        };
        verb.Add(shell);
        verb.Runs(context, run =>
        {
            string? script = run.Value(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => null,
            };
            if (script is null)
            {
                return Core.Model.Refusal.Invalid("Completion is there for bash, zsh and fish.");
            }

            run.Out.WriteLine(script);
            return default(Core.Model.Done);
        });
        return verb;
    }

    /// <param name="wholeTree">Every verb filled in, to look the words up in.</param>
    public static Command BuildHidden(CommandContext context, Func<Command> wholeTree)
    {
        Argument<string[]> words = new("WORD") { Arity = ArgumentArity.ZeroOrMore };
        Verb verb = new(Hidden, "What may come next") { Hidden = true, LocalOnly = "Completion works where the shell runs." };
        verb.Add(words);
        verb.Runs(context, run =>
        {
            string[] typed = run.Value(words) ?? [];
            string last = typed.Length == 0 ? "" : typed[^1];

            // An option whose value is begun offers nothing any more: it is asked as if its name were the last word.
            string[] asked = typed is [.., ['-', '-', ..], _] ? typed[..^1] : typed;
            foreach (CompletionItem item in wholeTree().Parse(asked, CommandLine.Parser).GetCompletions())
            {
                string word = item.InsertText ?? item.Label;
                if (word.StartsWith(last, StringComparison.Ordinal))
                {
                    run.Out.WriteLine(word);
                }
            }

            return default(Core.Model.Done);
        });
        return verb;
    }
}
