using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Vault;

/// <summary>
/// The keys of an opened vault. Another process may rekey meanwhile: each transaction asks for the ring of the file as it is now,
/// and one that cannot get it neither reads nor writes a secret (F8).
/// </summary>
internal sealed class OpenVault : IDisposable
{
    public const string AuditKeyField = "auditKey";

    private readonly DataFolder _folder;
    private readonly string? _credentialsDirectory;
    private readonly Lock _lock = new();

    // A ring that was replaced may still be in use by a reader; it is zeroed with the vault.
    private readonly List<IDisposable> _retired = [];

    private Keys _keys;

    private OpenVault(DataFolder folder, string? credentialsDirectory, Keys keys, Secret auditKey)
    {
        _folder = folder;
        _credentialsDirectory = credentialsDirectory;
        _keys = keys;
        AuditKey = auditKey;
    }

    public Secret AuditKey { get; }

    public static SecretBinding AuditKeyBinding { get; } = new("vault", 1, AuditKeyField, 1);

    /// <summary>A refusal when the master key is another or missing; nothing is written either way.</summary>
    /// <exception cref="VaultException">The vault's own rows are damaged.</exception>
    public static async Task<Result<OpenVault>> OpenAsync(DataFolder folder, VaultUnlock unlock, Database database, CancellationToken ct)
    {
        (VaultRow? row, SecretRow? auditRow) = await database.ReadAsync(
            async tx => (
                await VaultRow.FindAsync(tx).ConfigureAwait(false),
                await SecretRows.FindAsync(tx, AuditKeyBinding.OwnerKind, AuditKeyBinding.OwnerId, AuditKeyField).ConfigureAwait(false)),
            ct).ConfigureAwait(false);
        if (row is null)
        {
            return Refusal.Failed($"The vault in {Text.Quote(folder.Path)} was not made to the end: run `pamtui init` again.");
        }

        Result<Keys> keys = await ReadKeysAsync(row, new RootKeys(folder, unlock), ct).ConfigureAwait(false);
        if (keys.Refusal is { } refusal)
        {
            return refusal;
        }

        if (auditRow is null)
        {
            throw new VaultException("The key of the audit chain is missing from the vault: restore it from a backup.");
        }

        Secret auditKey = Envelope.Open(keys.Value.Ring, AuditKeyBinding, auditRow.Sealed);
        return new OpenVault(folder, unlock.CredentialsDirectory, keys.Value, auditKey);
    }

    /// <summary>The master keys as the file has them now.</summary>
    /// <exception cref="VaultException">Another process changed the master key and this one cannot read the new one.</exception>
    public async Task<KeyRing> RingAsync(Tx tx) => (await CurrentAsync(tx).ConfigureAwait(false)).Ring;

    /// <summary>The root key that wraps the ring as the file has it now.</summary>
    public async Task<Secret> RootAsync(Tx tx) => (await CurrentAsync(tx).ConfigureAwait(false)).Root;

    /// <summary>Takes over what this process itself has just committed.</summary>
    public void Replace(long generation, KeyRing ring, Secret root)
    {
        lock (_lock)
        {
            _retired.Add(_keys);
            _keys = new Keys(generation, ring, root);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _retired.ForEach(old => old.Dispose());
            _keys.Dispose();
        }

        AuditKey.Dispose();
    }

    private static async Task<Result<Keys>> ReadKeysAsync(VaultRow row, RootKeys roots, CancellationToken ct)
    {
        RootKeyRecipe recipe = RootKeyRecipe.Parse(row.RootKey);
        Result<IReadOnlyList<Secret>> read = await roots.ReadAsync(recipe, ct).ConfigureAwait(false);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        Keys? found = null;
        foreach (Secret root in read.Value)
        {
            if (found is null && KeyRing.TryRead(row.KeyRing, root) is { } ring)
            {
                found = new Keys(row.Generation, ring, root);
            }
            else
            {
                root.Dispose();
            }
        }

        return found is not null ? found : Refusal.Failed(recipe.Form switch
        {
            MasterKeyForm.File => $"The master key file {MasterKeyFile.Name} is not the one of this vault: put back the copy that belongs to it.",
            MasterKeyForm.Credential => "The systemd credential is not the master key of this vault.",
            _ => "The passphrase is not the one of this vault.",
        });
    }

    private async Task<Keys> CurrentAsync(Tx tx)
    {
        Keys keys = Volatile.Read(ref _keys);
        if (await VaultRow.GenerationAsync(tx).ConfigureAwait(false) == keys.Generation)
        {
            return keys;
        }

        VaultRow row = await VaultRow.FindAsync(tx).ConfigureAwait(false) ?? throw new VaultException("The vault's own row is gone: restore it from a backup.");
        Keys? fresh = KeyRing.TryRead(row.KeyRing, keys.Root) is { } sameRoot ? new Keys(row.Generation, sameRoot, keys.Root.Copy()) : null;
        if (fresh is null)
        {
            // Nobody is asked for a passphrase in the middle of a transaction.
            VaultUnlock unattended = new() { CredentialsDirectory = _credentialsDirectory };
            Result<Keys> read = await ReadKeysAsync(row, new RootKeys(_folder, unattended), tx.Cancellation).ConfigureAwait(false);
            fresh = read.IsOk
                ? read.Value
                : throw new VaultException("The master key of the vault was changed by another process and this one does not have the new one: start it again.");
        }

        Replace(fresh.Generation, fresh.Ring, fresh.Root);
        return fresh;
    }

    private sealed record Keys(long Generation, KeyRing Ring, Secret Root) : IDisposable
    {
        public void Dispose()
        {
            Ring.Dispose();
            Root.Dispose();
        }
    }
}
