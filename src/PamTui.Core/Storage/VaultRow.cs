namespace PamTui.Core.Storage;

/// <summary>The one row of table vault.</summary>
internal sealed class VaultRow
{
    /// <summary>The head of the audit chain, which moves with every change of the vault.</summary>
    public const string HeadQuery = "SELECT audit_head FROM vault WHERE id = 1";

    /// <summary>How the root key is got.</summary>
    public string RootKey { get; init; } = "";

    /// <summary>The master keys, each wrapped by the root key.</summary>
    public string KeyRing { get; init; } = "";

    /// <summary>Counts up with every change of the two above, so that another process sees that its keys are old.</summary>
    public long Generation { get; init; }

    public string AuditHead { get; init; } = "";

    public long Created { get; init; }

    public static Task<VaultRow?> FindAsync(Tx tx) =>
        tx.FirstAsync<VaultRow>("SELECT root_key, key_ring, generation, audit_head, created FROM vault WHERE id = 1");

    public static Task<long> GenerationAsync(Tx tx) => tx.NumberAsync("SELECT generation FROM vault WHERE id = 1");

    public static Task<string?> HeadAsync(Tx tx) => tx.FirstAsync<string>(HeadQuery);

    public static Task InsertAsync(Tx tx, VaultRow row) => tx.ExecuteAsync(
        """
        INSERT INTO vault (id, root_key, key_ring, generation, audit_head, created)
        VALUES (1, @RootKey, @KeyRing, @Generation, @AuditHead, @Created)
        """,
        row);

    public static Task SetHeadAsync(Tx tx, string head) => tx.ExecuteAsync("UPDATE vault SET audit_head = @head WHERE id = 1", new { head });

    public static Task SetKeysAsync(Tx tx, string rootKey, string keyRing) => tx.ExecuteAsync(
        "UPDATE vault SET root_key = @rootKey, key_ring = @keyRing, generation = generation + 1 WHERE id = 1",
        new { rootKey, keyRing });
}
