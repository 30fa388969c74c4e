using System.CommandLine;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Commands;

internal static class VaultVerbs
{
    public const string LocalOnly = "The vault is kept at its own machine: run `pamtui vault` there.";

    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Rekey(context));
        noun.Add(Backup(context));
        noun.Add(Restore(context));
    }

    private static Verb Rekey(CommandContext context)
    {
        Option<string?> form = new("--master-key") { Description = "The new form: file, passphrase or credential; without it the form stays", HelpName = "FORM" };
        Verb verb = new("rekey", "Replace the master key and every key below it; run it again if it was interrupted", "vault rekey", "vault rekey --master-key passphrase");
        verb.Add(form);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            LocalMachine machine = context.Machine ?? throw new InvalidOperationException("A local verb has a machine.");
            Result<MasterKeyForm> chosen = run.Value(form) is { } word ? InitVerb.ParseForm(word) : machine.FormOf(run.Data);
            if (chosen.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<RekeyReport> done = await product.Keys.RekeyAsync(run.Actor, chosen.Value, machine.UnlockNew(context.Prompt), null, ct);
            return run.Say(done, done is { IsOk: true, Value.Resumed: true }
                ? "Finished the change of the master key that was interrupted."
                : "The vault has a new master key; the old one opens only older backups: keep it as long as you keep those.");
        });
        return verb;
    }

    private static Verb Backup(CommandContext context)
    {
        Argument<string> file = new("FILE") { Description = "Where to; it must not be there yet" };
        Verb verb = new("backup", "Copy the vault while it is in use; the master key is not in the copy", "vault backup /backup/pamtui-2026-12-31.db");
        verb.Add(file);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.Keys.BackupAsync(run.Actor, run.Value(file) ?? "", ct), $"Copied the vault to {run.Value(file)}. The master key is not in it: keep that apart."));
        return verb;
    }

    private static Verb Restore(CommandContext context)
    {
        Argument<string> file = new("FILE") { Description = "A file that `vault backup` made" };
        Option<string?> key = new("--master-key-file") { Description = "The copy of master.key that belongs to it, for a vault locked by a file", HelpName = "FILE" };
        Verb verb = new("restore", "Make the vault anew from a backup, in an empty data folder", "vault restore backup.db --master-key-file master.key --data /var/lib/pamtui");
        verb.Add(file);
        verb.Add(key);
        verb.Runs(context, async (run, ct) =>
        {
            LocalMachine machine = context.Machine ?? throw new InvalidOperationException("A local verb has a machine.");
            return run.Say(await machine.RestoreAsync(run.Data, run.Value(file) ?? "", run.Value(key), ct), "Restored the vault; `pamtui doctor` looks it over.");
        });
        return verb;
    }
}
