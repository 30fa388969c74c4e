using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Vault;

/// <param name="Resumed">It finished a rekey that was interrupted; the form asked for was not looked at.</param>
/// <param name="Secrets">How many were wrapped anew.</param>
public sealed record RekeyReport(bool Resumed, long Secrets);

/// <param name="Done">Secrets wrapped anew so far.</param>
public sealed record RekeyProgress(long Done, long Total);

/// <summary>The master key and the copies of the vault: only for who is at the machine itself, where the files are.</summary>
public sealed class VaultKeys
{
    private const int Batch = 200;

    private readonly DataFolder _folder;
    private readonly Database _database;
    private readonly OpenVault _vault;
    private readonly AuditWriter _audit;
    private readonly CoreOptions _options;

    internal VaultKeys(DataFolder folder, Database database, OpenVault vault, AuditWriter audit, CoreOptions options) =>
        (_folder, _database, _vault, _audit, _options) = (folder, database, vault, audit, options);

    /// <summary>
    /// Replaces the master key, and where it comes from, and wraps every secret anew. Stopped at any point the vault still opens
    /// (with the old or the new key, whichever it had come to) and another call finishes the work. Other processes go on.
    /// </summary>
    /// <param name="unlock">Asked for the new passphrase, or the systemd credential, when the form is one of these.</param>
    public async Task<Result<RekeyReport>> RekeyAsync(Actor actor, MasterKeyForm form, VaultUnlock unlock, IProgress<RekeyProgress>? progress, CancellationToken ct)
    {
        Result<bool> running = await _database.ReadAsync<Result<bool>>(
            async tx => await AtTheMachineAsync(tx, actor).ConfigureAwait(false) is { } no ? no : (await _vault.RingAsync(tx).ConfigureAwait(false)).IsRekeying,
            ct).ConfigureAwait(false);
        if (running.Refusal is { } notAllowed)
        {
            return notAllowed;
        }

        if (!running.Value && (await BeginAsync(actor, form, unlock, ct).ConfigureAwait(false)).Refusal is { } refused)
        {
            return refused;
        }

        long total = await _database.ReadAsync(SecretRows.CountAsync, ct).ConfigureAwait(false);
        long secrets = 0;
        for (int some = Batch; some == Batch;)
        {
            some = (await _database.WriteAsync<int>(RewrapAsync, ct).ConfigureAwait(false)).Value;
            secrets += some;
            progress?.Report(new RekeyProgress(secrets, total));
        }

        Result<Done> ended = await EndAsync(actor, secrets, ct).ConfigureAwait(false);
        return ended.Refusal is { } interrupted ? interrupted : new RekeyReport(running.Value, secrets);
    }

    /// <summary>
    /// Writes a consistent copy of the vault, mode 0600, while it is in use. The master key is not in it: keep its copy apart.
    /// </summary>
    /// <param name="path">A file that is not there yet.</param>
    public async Task<Result<Done>> BackupAsync(Actor actor, string path, CancellationToken ct)
    {
        // The row is in the copy too: a restored vault tells where it comes from.
        Result<Done> told = await _database.WriteAsync<Done>(
            async tx =>
            {
                if (await AtTheMachineAsync(tx, actor).ConfigureAwait(false) is { } no)
                {
                    return no;
                }

                if (File.Exists(path))
                {
                    return Refusal.Failed($"The file {Text.Quote(path)} is there already: name another one.");
                }

                await _audit.AppendAsync(tx, actor, "vault.backup", "vault", AuditDetails.Of(("file", Path.GetFullPath(path)))).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
        if (told.Refusal is { } refusal)
        {
            return refusal;
        }

        string draft = path + ".new";
        PrivateFile.Create(draft);
        try
        {
            await _database.CopyToAsync(draft, ct).ConfigureAwait(false);
            PrivateFile.Flush(draft);
            File.Move(draft, path, overwrite: false);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        return default(Done);
    }

    /// <summary>Puts a backup into a folder that has no vault. The master key that belongs to it must be put beside it, if it was a file.</summary>
    public static async Task<Result<Done>> RestoreAsync(string backup, DataFolder folder, CancellationToken ct)
    {
        if (!File.Exists(backup))
        {
            return Refusal.NotFound($"There is no file {Text.Quote(backup)}.");
        }

        if (File.Exists(folder.FileOf(Database.FileName)))
        {
            return Refusal.Failed($"There is a vault in {Text.Quote(folder.Path)} already: restore into an empty folder.");
        }

        string draft = folder.FileOf(Database.FileName + ".new");
        File.Delete(draft);
        PrivateFile.Create(draft);
        try
        {
            using (FileStream from = File.OpenRead(backup))
            using (FileStream to = new(draft, FileMode.Open, FileAccess.Write))
            {
                await from.CopyToAsync(to, ct).ConfigureAwait(false);
                to.Flush(flushToDisk: true);
            }

            if (await Migrations.WhyNoVaultAsync(draft, ct).ConfigureAwait(false) is { } why)
            {
                return Refusal.Invalid($"The file {Text.Quote(backup)} is no backup of a vault: {why}.");
            }

            File.Move(draft, folder.FileOf(Database.FileName), overwrite: false);
            return default(Done);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task<Refusal?> AtTheMachineAsync(Tx tx, Actor actor)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        return caller.Refusal ?? (caller.Value.User is null ? null : Refusal.NotAllowed("This is done at the machine that holds the vault, by the owner of its data folder."));
    }

    // The key file gets the new key beside the old one before the store names it, and loses the old one after: whichever way the
    // commit went when the power failed, the file holds the key that opens the store.
    private async Task<Result<Done>> BeginAsync(Actor actor, MasterKeyForm form, VaultUnlock unlock, CancellationToken ct)
    {
        RootKeyRecipe recipe = RootKeyRecipe.New(form, _options.PassphraseCost);
        Result<Secret> made = form == MasterKeyForm.File
            ? KeyRing.NewKey()
            : await RootKeys.NewAsync(_folder, unlock, recipe, ct).ConfigureAwait(false);
        if (made.Refusal is { } noKey)
        {
            return noKey;
        }

        Secret root = made.Value;
        KeyRing? both = null;
        long generation = 0;
        Result<Done> begun = await _database.WriteAsync<Done>(
            async tx =>
            {
                KeyRing ring = await _vault.RingAsync(tx).ConfigureAwait(false);
                if (ring.IsRekeying)
                {
                    return Refusal.Failed("Another process is changing the master key: wait until it is done.");
                }

                VaultRow row = (await VaultRow.FindAsync(tx).ConfigureAwait(false))!;
                MasterKeyForm old = RootKeyRecipe.Parse(row.RootKey).Form;
                both = ring.WithNewKey();
                generation = row.Generation + 1;
                if (form == MasterKeyForm.File)
                {
                    WriteKeyFile(root, old == MasterKeyForm.File ? await _vault.RootAsync(tx).ConfigureAwait(false) : null);
                }

                await VaultRow.SetKeysAsync(tx, recipe.ToString(), both.Write(root)).ConfigureAwait(false);
                string details = AuditDetails.Of(("from", VaultInit.Word(old)), ("to", VaultInit.Word(form)));
                await _audit.AppendAsync(tx, actor, "vault.rekey.begin", "vault", details).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
        if (begun.IsOk)
        {
            _vault.Replace(generation, both!, root);
        }
        else
        {
            both?.Dispose();
            root.Dispose();
        }

        return begun;
    }

    private async Task<Result<int>> RewrapAsync(Tx tx)
    {
        KeyRing ring = await _vault.RingAsync(tx).ConfigureAwait(false);
        List<SecretRow> rows = await SecretRows.NotUnderAsync(tx, ring.Current, Batch).ConfigureAwait(false);
        foreach (SecretRow row in rows)
        {
            await SecretRows.PutAsync(tx, row.Binding, Envelope.Rewrap(ring, row.Binding, row.Sealed)).ConfigureAwait(false);
        }

        return rows.Count;
    }

    private async Task<Result<Done>> EndAsync(Actor actor, long secrets, CancellationToken ct)
    {
        KeyRing? fresh = null;
        Secret? root = null;
        long generation = 0;
        MasterKeyForm form = default;
        Result<Done> ended = await _database.WriteAsync<Done>(
            async tx =>
            {
                KeyRing ring = await _vault.RingAsync(tx).ConfigureAwait(false);
                if (await SecretRows.CountNotUnderAsync(tx, ring.Current).ConfigureAwait(false) > 0)
                {
                    return Refusal.Failed("Secrets are left under the old master key: run `pamtui vault rekey` again.");
                }

                VaultRow row = (await VaultRow.FindAsync(tx).ConfigureAwait(false))!;
                form = RootKeyRecipe.Parse(row.RootKey).Form;
                root = (await _vault.RootAsync(tx).ConfigureAwait(false)).Copy();
                fresh = ring.WithCurrentOnly();
                generation = row.Generation + 1;
                await VaultRow.SetKeysAsync(tx, row.RootKey, fresh.Write(root)).ConfigureAwait(false);
                string details = AuditDetails.Of(("secrets", secrets.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                await _audit.AppendAsync(tx, actor, "vault.rekey.end", "vault", details).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
        if (ended.IsOk)
        {
            _vault.Replace(generation, fresh!, root!);
            if (form == MasterKeyForm.File)
            {
                WriteKeyFile(root!, null);
            }
            else
            {
                File.Delete(_folder.FileOf(MasterKeyFile.Name));
            }
        }
        else
        {
            fresh?.Dispose();
            root?.Dispose();
        }

        return ended;
    }

    private void WriteKeyFile(Secret newest, Secret? old)
    {
        if (old is null)
        {
            MasterKeyFile.Write(_folder, newest);
        }
        else
        {
            MasterKeyFile.Write(_folder, newest, old);
        }
    }
}
