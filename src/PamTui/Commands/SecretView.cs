using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Commands;

/// <summary>A credential before a person at a terminal, for half a minute or until Enter; whatever ends it, it is taken away again.</summary>
internal sealed class SecretView(CommandContext context)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // The second screen of a terminal has no history: nothing of it is left to scroll back to.
    private const string Enter = "\e[?1049h\e[2J\e[H";
    private const string Leave = "\e[2J\e[H\e[?1049l";

    public async Task ShowAsync(RevealedCredential credential, CancellationToken ct)
    {
        try
        {
            context.Output.Write(Enter);
            context.Output.WriteLine("User:       " + Text.Escape(credential.Username));
            foreach (string line in credential.Main.RevealText().TrimEnd('\n').Split('\n'))
            {
                context.Output.WriteLine(Shown(line, credential.Type));
            }

            if (credential.Passphrase is { Length: > 0 } passphrase)
            {
                context.Output.WriteLine("Passphrase: " + Text.Escape(passphrase.RevealText(), passphrase.Length * 8));
            }

            await WaitAsync("It goes in 30 s; Enter takes it away now.", ct);
        }
        finally
        {
            context.Output.Write(Leave);
            await context.Output.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>On the clipboard of the person's own terminal (OSC 52), not of the machine that runs this.</summary>
    public async Task LendAsync(RevealedCredential credential, CancellationToken ct)
    {
        try
        {
            context.Output.Write("\e]52;c;" + Convert.ToBase64String(credential.Main.Bytes) + "\a");
            await WaitAsync($"The {Words.Of(credential.Type)} of {Text.Quote(credential.Username)} is on the clipboard, if your terminal allows that (OSC 52). It goes in 30 s; Enter takes it off now.", ct);
        }
        finally
        {
            context.Output.Write(Osc52.TakeOff);
            context.Output.WriteLine("It is off the clipboard again.");
            await context.Output.FlushAsync(CancellationToken.None);
        }
    }

    private static string Shown(string line, CredentialType type) =>
        (type == CredentialType.Password ? "Password:   " : "") + Text.Escape(line.TrimEnd('\r'), Math.Max(line.Length * 8, 1));

    private async Task WaitAsync(string sentence, CancellationToken ct)
    {
        context.Output.WriteLine();
        await context.Output.FlushAsync(ct);
        using CancellationTokenSource limit = new(Limit, context.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using Secret? typed = await context.Prompt!.AskSecretAsync(sentence + " ", either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time is up, or an interrupt at the prompt: it goes either way.
        }
    }
}
