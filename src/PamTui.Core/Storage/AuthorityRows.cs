using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>The public halves of the gateway's SSH CAs.</summary>
internal static class AuthorityRows
{
    private const string Columns = "id, public_key, fingerprint, state, created, activated, retired";

    /// <summary>The newest first.</summary>
    public static async Task<IReadOnlyList<SshAuthority>> ListAsync(Tx tx) =>
        [.. (await tx.ListAsync<Stored>($"SELECT {Columns} FROM ssh_authorities ORDER BY id DESC").ConfigureAwait(false)).Select(row => row.ToAuthority())];

    public static Task<SshAuthority?> InStateAsync(Tx tx, AuthorityState state) => OneAsync(tx, "state = @state", new { state = Words.Of(state) });

    public static Task<SshAuthority?> FindAsync(Tx tx, string fingerprint) => OneAsync(tx, "fingerprint = @fingerprint", new { fingerprint });

    public static Task<long> InsertAsync(Tx tx, byte[] publicKey, string fingerprint, AuthorityState state, DateTimeOffset at) => tx.NumberAsync(
        """
        INSERT INTO ssh_authorities (public_key, fingerprint, state, created, activated)
        VALUES (@publicKey, @fingerprint, @state, @at, @activated) RETURNING id
        """,
        new { publicKey, fingerprint, state = Words.Of(state), at = StoredTime.Of(at), activated = state == AuthorityState.Current ? StoredTime.Of(at) : (long?)null });

    public static Task SetCurrentAsync(Tx tx, long id, DateTimeOffset at) => tx.ExecuteAsync(
        "UPDATE ssh_authorities SET state = 'current', activated = @at WHERE id = @id",
        new { id, at = StoredTime.Of(at) });

    public static Task SetRetiringAsync(Tx tx, long id) => tx.ExecuteAsync("UPDATE ssh_authorities SET state = 'retiring' WHERE id = @id", new { id });

    public static Task SetRetiredAsync(Tx tx, long id, DateTimeOffset at) => tx.ExecuteAsync(
        "UPDATE ssh_authorities SET state = 'retired', retired = @at WHERE id = @id",
        new { id, at = StoredTime.Of(at) });

    private static async Task<SshAuthority?> OneAsync(Tx tx, string condition, object args) =>
        (await tx.FirstAsync<Stored>($"SELECT {Columns} FROM ssh_authorities WHERE {condition}", args).ConfigureAwait(false))?.ToAuthority();

    private sealed class Stored
    {
        public long Id { get; init; }

        public byte[] PublicKey { get; init; } = [];

        public string Fingerprint { get; init; } = "";

        public string State { get; init; } = "";

        public long Created { get; init; }

        public long? Activated { get; init; }

        public long? Retired { get; init; }

        public SshAuthority ToAuthority() => new(
            Id,
            PublicKey,
            Fingerprint,
            StoredWord.Parse<AuthorityState>(State, Words.Of),
            StoredTime.From(Created),
            StoredTime.From(Activated),
            StoredTime.From(Retired));
    }
}
