using System.CommandLine;
using System.Security.Cryptography;
using PamTui.Core.Accounts;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`account reveal`: the one place of the command line where a secret comes out; the audit row is on the disk before it does.</summary>
internal static class RevealVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Option<string?> reason = new("--reason") { Description = "Why; it stays in the audit. Asked for when left out", HelpName = "TEXT" };
        Option<bool> clipboard = new("--clipboard") { Description = "Put it on the clipboard of your terminal (OSC 52) and take it off after 30 s; show nothing" };
        Option<string?> file = new("--output") { Description = "Write it to a new file that only you can read, as it is", HelpName = "FILE" };
        Verb verb = new(
            "reveal",
            "Show the credential for 30 s on a terminal, or print it into a pipe; needs the right to reveal and leaves an audit row",
            "account reveal web-1/deploy",
            "account reveal web-1/deploy --reason 'console access, ticket 4711' --clipboard",
            "account reveal web-1/deploy --reason 'moving to the new host' --output deploy.pem");
        verb.Add(reference);
        verb.Add(reason);
        verb.Add(clipboard);
        verb.Add(file);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            string? path = run.Value(file);
            if (WhyNot(run, run.Value(clipboard), path) is { } cannot)
            {
                return cannot;
            }

            string? why = run.Value(reason);
            if (why is null && context.Prompt is { } prompt)
            {
                why = await prompt.AskAsync($"Why do you need the credential of {account}? It is kept in the audit: ", ct);
            }

            Result<RevealedCredential> revealed = await product.Accounts.RevealAsync(run.Actor, account, why ?? "", ct);
            if (revealed.Refusal is { } refusal)
            {
                return refusal;
            }

            using RevealedCredential credential = revealed.Value;
            if (path is not null)
            {
                return await WriteAsync(run, credential, path, ct);
            }

            if (run.Json || !context.OnTerminal || context.Prompt is null)
            {
                Print(run, credential);
                return default(Done);
            }

            SecretView view = new(context);
            await (run.Value(clipboard) ? view.LendAsync(credential, ct) : view.ShowAsync(credential, ct));
            return default(Done);
        });
        return verb;
    }

    // Asked before anything is revealed: what cannot be shown leaves no row that says it was.
    private static Refusal? WhyNot(Invocation run, bool clipboard, string? file) => (clipboard, file) switch
    {
        (true, not null) => Refusal.Invalid("Give --clipboard or --output, not both."),
        (true, _) when run.Json || !run.Context.OnTerminal || run.Context.Prompt is null =>
            Refusal.Invalid("--clipboard needs a terminal: run it on one (over SSH with `ssh -t`), without --json."),
        (_, not null) when run.Json => Refusal.Invalid("--output writes the credential as it is: leave --json out."),
        (_, not null) when run.Context.IsRemote => Refusal.NotAllowed("Over SSH --output would write a file of the gateway: leave it out and send the answer to a file of yours (`ssh … > FILE`)."),
        (_, { } path) when File.Exists(path) => Refusal.Failed($"The file {Text.Quote(path)} is there already: name another one."),
        _ => null,
    };

    private static async Task<Result<Done>> WriteAsync(Invocation run, RevealedCredential credential, string path, CancellationToken ct)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        byte[] content = credential.Main.Bytes.ToArray();
        try
        {
            await using FileStream target = new(path, options);
            await target.WriteAsync(content, ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }

        string phrase = credential.Passphrase is { Length: > 0 } ? " Its passphrase is not in it: `account reveal` without --output shows it." : "";
        return run.Say(Result.Ok(default(Done)), $"Wrote the {Words.Of(credential.Type)} to {path}, for you alone.{phrase}");
    }

    private static void Print(Invocation run, RevealedCredential credential)
    {
        if (!run.Json)
        {
            run.Out.WriteLine(credential.Main.RevealText().TrimEnd('\n'));
            if (credential.Passphrase is { Length: > 0 } passphrase)
            {
                run.Out.WriteLine(passphrase.RevealText());
            }

            return;
        }

        run.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("credential", Words.Of(credential.Type));
            json.WriteString(credential.Type == CredentialType.Password ? "password" : "privateKey", credential.Main.RevealText());
            if (credential.Passphrase is { Length: > 0 } passphrase)
            {
                json.WriteString("passphrase", passphrase.RevealText());
            }

            json.WriteEndObject();
        });
    }
}
