using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Commands;

internal static class InitVerb
{
    public static Verb Build(CommandContext context)
    {
        Option<string?> admin = new("--admin") { Description = "The first admin's name, as they sign in to the gateway", HelpName = "NAME" };
        Option<string?> key = new("--admin-key") { Description = "File with the admin's public key; - is stdin", HelpName = "FILE.pub" };
        Option<string?> form = new("--master-key") { Description = "How the vault is locked: file (0600, the default), passphrase, or credential (systemd)", HelpName = "FORM" };
        Verb verb = new(
            "init",
            "Make an empty vault, and its first admin",
            "init --admin alice --admin-key ~/.ssh/id_ed25519.pub",
            "init --data /var/lib/pamtui --master-key credential --admin alice --admin-key alice.pub")
        {
            LocalOnly = "A vault is made at its own machine: run `pamtui init` there.",
        };
        verb.Add(admin);
        verb.Add(key);
        verb.Add(form);
        verb.Runs(context, async (run, ct) =>
        {
            Result<MasterKeyForm> chosen = ParseForm(run.Value(form) ?? "file");
            if (chosen.Refusal is { } noForm)
            {
                return noForm;
            }

            if (run.Value(admin) is null && run.Value(key) is not null)
            {
                return Refusal.Invalid("--admin-key belongs to an admin: give --admin NAME too.");
            }

            string? line = null;
            if (run.Value(key) is { } file)
            {
                Result<string> text = await run.TextFileAsync(file, "--admin-key", ct);
                if (text.Refusal is { } unread)
                {
                    return unread;
                }

                line = text.Value;
            }

            LocalMachine machine = context.Machine ?? throw new InvalidOperationException("A local verb has a machine.");
            Result<DataFolder> made = await machine.InitAsync(run.Data, context.Prompt, chosen.Value, run.Value(admin) is { } name ? (name, line) : null, context.Time, ct);
            if (made.Refusal is { } refusal)
            {
                return refusal;
            }

            run.Out.WriteLine($"Made the vault {Text.Quote(made.Value.Path)}.");
            run.Out.WriteLine(chosen.Value switch
            {
                MasterKeyForm.File => "Keep a copy of its file master.key in a safe place, apart from backups: without it nobody can open the vault.",
                MasterKeyForm.Passphrase => "Keep its passphrase in a safe place: without it nobody can open the vault.",
                _ => "Keep a copy of the credential in a safe place: without it nobody can open the vault.",
            });
            if (run.Value(admin) is null)
            {
                run.Out.WriteLine("Nobody can sign in to the gateway yet: `pamtui user add NAME --role admin --key FILE.pub`.");
            }

            return default(Done);
        });
        return verb;
    }

    public static Result<MasterKeyForm> ParseForm(string word) => word switch
    {
        "file" => MasterKeyForm.File,
        "passphrase" => MasterKeyForm.Passphrase,
        "credential" => MasterKeyForm.Credential,
        _ => Refusal.Invalid($"{Text.Quote(word)} is no form of a master key: use file, passphrase or credential."),
    };
}
