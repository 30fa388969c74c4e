using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core;

/// <summary>Makes a vault. The last step is the one transaction that makes it one; before it nothing can be lost, so it may be run again.</summary>
internal static class VaultInit
{
    public static async Task<Result<Done>> RunAsync(
        DataFolder folder,
        VaultUnlock unlock,
        MasterKeyForm form,
        CoreOptions options,
        TimeProvider time,
        (string Name, string? KeyLine)? admin,
        CancellationToken ct)
    {
        if (CheckAdmin(admin) is { } bad)
        {
            return bad;
        }

        Result<bool> there = folder.IsPrivateFile(Database.FileName);
        if (there.Refusal is { } exposed)
        {
            return exposed;
        }

        if (!there.Value)
        {
            PrivateFile.CreateUnlessThere(folder.FileOf(Database.FileName));
        }

        using Database database = new(folder.FileOf(Database.FileName));
        Result<Done> migrated = await Migrations.RunAsync(database, ct).ConfigureAwait(false);
        if (migrated.Refusal is { } newer)
        {
            return newer;
        }

        if (await database.ReadAsync(VaultRow.FindAsync, ct).ConfigureAwait(false) is not null)
        {
            return Already(folder);
        }

        RootKeyRecipe recipe = RootKeyRecipe.New(form, options.PassphraseCost);
        Result<Secret?> given = await AskedAsync(folder, unlock, recipe, ct).ConfigureAwait(false);
        if (given.Refusal is { } noRoot)
        {
            return noRoot;
        }

        using Secret? asked = given.Value;
        using KeyRing ring = KeyRing.Create();
        using Secret auditKey = KeyRing.NewKey();
        return await database.WriteAsync<Done>(
            async tx =>
            {
                if (await VaultRow.FindAsync(tx).ConfigureAwait(false) is not null)
                {
                    return Already(folder);
                }

                // In the transaction: of two that make a vault at once, one writes the key file.
                Result<Secret> kept = asked is null ? KeyFile(folder) : asked.Copy();
                if (kept.Refusal is { } noFile)
                {
                    return noFile;
                }

                using Secret root = kept.Value;
                await VaultRow.InsertAsync(tx, new VaultRow
                {
                    RootKey = recipe.ToString(),
                    KeyRing = ring.Write(root),
                    Generation = 1,
                    AuditHead = AuditChain.Head(auditKey, 0, AuditChain.Genesis),
                    Created = StoredTime.Of(time.GetUtcNow()),
                }).ConfigureAwait(false);
                await SecretRows.PutAsync(tx, OpenVault.AuditKeyBinding, Envelope.Seal(ring, OpenVault.AuditKeyBinding, auditKey)).ConfigureAwait(false);
                AuditWriter audit = new(auditKey, time);
                await audit.AppendAsync(tx, Actor.Local(Environment.UserName), "vault.init", "vault", AuditDetails.Of(("masterKey", Word(form)))).ConfigureAwait(false);
                if (admin is not { } first)
                {
                    return default(Done);
                }

                AuthorizedKey? key = first.KeyLine is null ? null : AuthorizedKey.Parse(first.KeyLine).Value;
                Result<User> user = await Core.Users.Users.InsertAsync(tx, audit, Actor.Local(Environment.UserName), first.Name, Role.Admin, key, time).ConfigureAwait(false);
                return user.Refusal is { } refusal ? refusal : default(Done);
            },
            ct).ConfigureAwait(false);
    }

    internal static string Word(MasterKeyForm form) => form switch
    {
        MasterKeyForm.File => "file",
        MasterKeyForm.Passphrase => "passphrase",
        _ => "credential",
    };

    private static Refusal? CheckAdmin((string Name, string? KeyLine)? admin) => admin is not { } first
        ? null
        : Names.Check(first.Name, "user", "name") ?? (first.KeyLine is null ? null : AuthorizedKey.Parse(first.KeyLine).Refusal);

    private static Refusal Already(DataFolder folder) => Refusal.Failed($"There is a vault in {Text.Quote(folder.Path)} already.");

    // Null for a key file; a passphrase is asked for before anything waits for the transaction.
    private static async Task<Result<Secret?>> AskedAsync(DataFolder folder, VaultUnlock unlock, RootKeyRecipe recipe, CancellationToken ct)
    {
        if (recipe.Form == MasterKeyForm.File)
        {
            return (Secret?)null;
        }

        Result<Secret> root = await RootKeys.NewAsync(folder, unlock, recipe, ct).ConfigureAwait(false);
        return root.Refusal is { } refusal ? refusal : root.Value;
    }

    // A key file that is there may be the only one that opens some backup: it is used, never replaced.
    private static Result<Secret> KeyFile(DataFolder folder)
    {
        if (!File.Exists(folder.FileOf(MasterKeyFile.Name)))
        {
            using Secret fresh = KeyRing.NewKey();
            MasterKeyFile.Write(folder, fresh);
        }

        Result<IReadOnlyList<Secret>> keys = MasterKeyFile.Read(folder);
        if (keys.Refusal is { } refusal)
        {
            return refusal;
        }

        foreach (Secret other in keys.Value.Skip(1))
        {
            other.Dispose();
        }

        return keys.Value[0];
    }
}
