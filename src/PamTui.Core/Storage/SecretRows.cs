using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>A sealed secret with the place it belongs to.</summary>
internal sealed class SecretRow
{
    public string OwnerKind { get; init; } = "";

    public long OwnerId { get; init; }

    public string Field { get; init; } = "";

    public long Version { get; init; }

    public long KeyVersion { get; init; }

    public byte[] WrappedKey { get; init; } = [];

    public byte[] Nonce { get; init; } = [];

    public byte[] Ciphertext { get; init; } = [];

    public byte[] Tag { get; init; } = [];

    public SecretBinding Binding => new(OwnerKind, OwnerId, Field, Version);

    public SealedSecret Sealed => new(KeyVersion, WrappedKey, Nonce, Ciphertext, Tag);
}

internal static class SecretRows
{
    private const string Columns = "owner_kind, owner_id, field, version, key_version, wrapped_key, nonce, ciphertext, tag";

    public static Task<SecretRow?> FindAsync(Tx tx, string ownerKind, long ownerId, string field) => tx.FirstAsync<SecretRow>(
        $"SELECT {Columns} FROM secrets WHERE owner_kind = @ownerKind AND owner_id = @ownerId AND field = @field",
        new { ownerKind, ownerId, field });

    /// <summary>Adds or replaces the secret of a field.</summary>
    public static Task PutAsync(Tx tx, SecretBinding binding, SealedSecret secret) => tx.ExecuteAsync(
        $"""
        INSERT INTO secrets ({Columns})
        VALUES (@OwnerKind, @OwnerId, @Field, @Version, @KeyVersion, @WrappedKey, @Nonce, @Ciphertext, @Tag)
        ON CONFLICT (owner_kind, owner_id, field) DO UPDATE SET
            version = excluded.version, key_version = excluded.key_version, wrapped_key = excluded.wrapped_key,
            nonce = excluded.nonce, ciphertext = excluded.ciphertext, tag = excluded.tag
        """,
        new
        {
            binding.OwnerKind,
            binding.OwnerId,
            binding.Field,
            binding.Version,
            secret.KeyVersion,
            secret.WrappedKey,
            secret.Nonce,
            secret.Ciphertext,
            secret.Tag,
        });

    public static Task DeleteAsync(Tx tx, string ownerKind, long ownerId) => tx.ExecuteAsync(
        "DELETE FROM secrets WHERE owner_kind = @ownerKind AND owner_id = @ownerId",
        new { ownerKind, ownerId });

    public static Task DeleteAsync(Tx tx, string ownerKind, long ownerId, string field) => tx.ExecuteAsync(
        "DELETE FROM secrets WHERE owner_kind = @ownerKind AND owner_id = @ownerId AND field = @field",
        new { ownerKind, ownerId, field });

    /// <summary>Some of the secrets that another master key than <paramref name="keyVersion"/> wraps.</summary>
    public static Task<List<SecretRow>> NotUnderAsync(Tx tx, long keyVersion, int limit) => tx.ListAsync<SecretRow>(
        $"SELECT {Columns} FROM secrets WHERE key_version < @keyVersion OR key_version > @keyVersion LIMIT @limit",
        new { keyVersion, limit });

    public static Task<long> CountNotUnderAsync(Tx tx, long keyVersion) => tx.NumberAsync(
        "SELECT count(*) FROM secrets WHERE key_version < @keyVersion OR key_version > @keyVersion",
        new { keyVersion });

    public static Task<long> CountAsync(Tx tx) => tx.NumberAsync("SELECT count(*) FROM secrets");
}
