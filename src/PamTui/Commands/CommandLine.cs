using System.CommandLine;
using System.CommandLine.Parsing;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Commands;

/// <summary>Runs one command line. Exit: 0 done, 1 refused or failed, 2 wrong usage, 3 no such thing, 4 not allowed.</summary>
internal static class CommandLine
{
    /// <summary>An argument "@file" is a word like any other: the library's response files would read the gateway's files for whoever signs in.</summary>
    public static ParserConfiguration Parser { get; } = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> RunAsync(IReadOnlyList<string> words, CommandContext context, CancellationToken ct)
    {
        // `help account add` is what everybody tries first.
        if (words.Count > 0 && words[0] == "help")
        {
            words = [.. words.Skip(1), "--help"];
        }

        ParseResult parsed = CommandTree.Build(context, words).Parse(words, Parser);
        if (parsed.Action is not Help && SwallowedOption(parsed) is { } swallowed)
        {
            return await FailAsync(context, Refusal.Invalid($"{NoSuch("option", swallowed)} See `{PathOf(parsed)} --help`."));
        }

        if (parsed.Errors.Count > 0 && parsed.Action is not Help)
        {
            return await FailAsync(context, Refusal.Invalid(Sentence(parsed) + $" See `{PathOf(parsed)} --help`."));
        }

        if (context.IsRemote && Refused(parsed.CommandResult) is { } localOnly)
        {
            return await FailAsync(context, Refusal.NotAllowed(localOnly));
        }

        try
        {
            InvocationConfiguration configuration = new()
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            int code = await parsed.InvokeAsync(configuration, ct);
            await context.Output.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(context, Refusal.Failed("Cancelled; nothing more was done."));
        }
        catch (VaultException e)
        {
            return await FailAsync(context, Refusal.Failed(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(context, Refusal.Failed(Text.Escape(e.Message, 1024)));
        }
#pragma warning disable CA1031 // A bug ends the command with one sentence, not the terminal with a page of frames, nor the gateway's session without a word.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return await FailAsync(context, Refusal.Failed($"This is a fault of the program, please report it: {bug.GetType().Name}: {Text.Escape(bug.Message, 1024)}"));
        }
    }

    public static async Task<int> FailAsync(CommandContext context, Refusal refusal)
    {
        await context.Output.FlushAsync(CancellationToken.None);
        await context.Error.WriteLineAsync(("pamtui: " + refusal.Message).AsMemory(), CancellationToken.None);
        await context.Error.FlushAsync(CancellationToken.None);
        return (int)refusal.Kind;
    }

    // The library's own sentences, the words of the caller escaped; the first is enough.
    private static string Sentence(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            string what = token.StartsWith('-') ? "option" : parsed.CommandResult.Command.Subcommands.Count > 0 ? "verb" : "argument";
            return NoSuch(what, token);
        }

        string sentence = Text.Escape(parsed.Errors[0].Message, 512);
        return sentence.EndsWith('.') ? sentence : sentence + ".";
    }

    // What stands after '=' may be a secret that was typed where none belongs (D6): it is not repeated.
    private static string NoSuch(string what, string token) => token.Split('=')[0] switch
    {
        "--password" or "--passphrase" or "--private-key" or "--secret" =>
            "A secret is never an argument, others could read it: leave it out to be asked, or send it on stdin with --password-stdin.",
        var name => $"There is no {what} {Text.Quote(what == "option" ? name : token)} here.",
    };

    // An argument may begin with '-' (a filter's "-term"), so the library takes a mistyped option for one.
    private static string? SwallowedOption(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
        ?.Value;

    private static string PathOf(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: { } command })
            {
                names.Insert(0, command.Name);
            }
        }

        return string.Join(' ', names);
    }

    private static string? Refused(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: Verb { LocalOnly: { } sentence } })
            {
                return sentence;
            }
        }

        return null;
    }
}
