using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal static class UserRows
{
    private const string Columns = "u.id, u.name, u.role, u.disabled, u.has_password, u.created";

    // The name may have been another person's before. Written out, as the index is for these rows only.
    private const string SignedIn = "(SELECT max(x.at) FROM audit x WHERE x.action = 'signin' AND x.actor = u.name AND x.at >= u.created)";

    public static Task<User?> FindAsync(Tx tx, string name) => OneAsync(tx, "u.name = @name", new { name });

    public static Task<User?> FindAsync(Tx tx, long id) => OneAsync(tx, "u.id = @id", new { id });

    /// <summary>In name order.</summary>
    /// <param name="filter">Of <see cref="FilterSubject.User"/>.</param>
    public static async Task<Page<ListedUser>> PageAsync(Tx tx, FilterNode filter, PageRequest page)
    {
        SqlArgs args = new();
        string condition = await FilterSql.ForListAsync(tx, filter, FilterSubject.User, args).ConfigureAwait(false);
        long total = await tx.NumberAsync($"SELECT count(*) FROM users u WHERE {condition}", args.Values).ConfigureAwait(false);
        List<Stored> rows = await tx.ListAsync<Stored>(PageSql(condition, args.Add(page.Limit), args.Add(page.Offset)), args.Values).ConfigureAwait(false);
        List<ListedUser> users = [];
        foreach (Stored row in rows)
        {
            users.Add(new ListedUser(await CompleteAsync(tx, row).ConfigureAwait(false), StoredTime.From(row.SignedIn), (int)row.Live));
        }

        return new Page<ListedUser>(users, page.Offset, (int)total);
    }

    // "+": the few sessions that are live are read, not all that the user ever had.
    public static string PageSql(string condition, string limit, string offset) => $"""
        SELECT {Columns}, {SignedIn} AS signed_in, (SELECT count(*) FROM sessions s WHERE s.ended IS NULL AND +s.user_id = u.id) AS live
        FROM users u WHERE {condition} ORDER BY u.name LIMIT {limit} OFFSET {offset}
        """;

    public static Task<long> InsertAsync(Tx tx, string name, Role role, DateTimeOffset created) => tx.NumberAsync(
        """
        INSERT INTO users (name, role, disabled, password_version, has_password, created)
        VALUES (@name, @role, 0, 0, 0, @created) RETURNING id
        """,
        new { name, role = Words.Of(role), created = StoredTime.Of(created) });

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM users WHERE id = @id", new { id });

    public static Task SetDisabledAsync(Tx tx, long id, bool disabled) =>
        tx.ExecuteAsync("UPDATE users SET disabled = @disabled WHERE id = @id", new { id, disabled = disabled ? 1 : 0 });

    public static Task SetRoleAsync(Tx tx, long id, Role role) => tx.ExecuteAsync("UPDATE users SET role = @role WHERE id = @id", new { id, role = Words.Of(role) });

    public static async Task<bool> HasAdminAsync(Tx tx) =>
        await tx.NumberAsync("SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0)").ConfigureAwait(false) == 1;

    public static async Task<bool> IsLastAdminAsync(Tx tx, long id) =>
        await tx.NumberAsync("SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0 AND id <> @id)", new { id }).ConfigureAwait(false) == 0;

    public static Task<long> PasswordVersionAsync(Tx tx, long id) => tx.NumberAsync("SELECT password_version FROM users WHERE id = @id", new { id });

    /// <summary>The version the new hash is sealed for.</summary>
    public static Task<long> NextPasswordVersionAsync(Tx tx, long id, bool hasPassword) => tx.NumberAsync(
        "UPDATE users SET password_version = password_version + 1, has_password = @hasPassword WHERE id = @id RETURNING password_version",
        new { id, hasPassword = hasPassword ? 1 : 0 });

    public static Task<long> CountKeysAsync(Tx tx, long userId) => tx.NumberAsync("SELECT count(*) FROM user_keys WHERE user_id = @userId", new { userId });

    public static Task<long> InsertKeyAsync(Tx tx, long userId, UserKey key) => tx.NumberAsync(
        """
        INSERT INTO user_keys (user_id, key_type, fingerprint, line, comment, added)
        VALUES (@userId, @KeyType, @Fingerprint, @Line, @Comment, @added) RETURNING id
        """,
        new { userId, key.KeyType, key.Fingerprint, key.Line, key.Comment, added = StoredTime.Of(key.Added) });

    public static Task DeleteKeyAsync(Tx tx, long keyId) => tx.ExecuteAsync("DELETE FROM user_keys WHERE id = @keyId", new { keyId });

    /// <summary>Users that can sign in by nothing.</summary>
    public static async Task<IReadOnlyList<string>> WithoutMeansAsync(Tx tx, int limit) => await tx.ListAsync<string>(
        """
        SELECT name FROM users u WHERE disabled = 0 AND has_password = 0
        AND NOT EXISTS (SELECT 1 FROM user_keys k WHERE k.user_id = u.id) ORDER BY name LIMIT @limit
        """,
        new { limit }).ConfigureAwait(false);

    private static async Task<User?> OneAsync(Tx tx, string condition, object args)
    {
        Stored? row = await tx.FirstAsync<Stored>($"SELECT {Columns} FROM users u WHERE {condition}", args).ConfigureAwait(false);
        return row is null ? null : await CompleteAsync(tx, row).ConfigureAwait(false);
    }

    private static async Task<User> CompleteAsync(Tx tx, Stored row)
    {
        List<StoredKey> keys = await tx.ListAsync<StoredKey>(
            "SELECT id, key_type, fingerprint, line, comment, added FROM user_keys WHERE user_id = @Id ORDER BY id",
            new { row.Id }).ConfigureAwait(false);
        List<string> groups = await tx.ListAsync<string>(
            "SELECT g.name FROM groups g JOIN members m ON m.group_id = g.id WHERE m.user_id = @Id ORDER BY g.name",
            new { row.Id }).ConfigureAwait(false);
        return new User(
            row.Id,
            row.Name,
            StoredWord.Parse<Role>(row.Role, Words.Of),
            row.Disabled != 0,
            row.HasPassword != 0,
            [.. keys.Select(key => new UserKey(key.Id, key.KeyType, key.Fingerprint, key.Line, key.Comment, StoredTime.From(key.Added)))],
            groups,
            StoredTime.From(row.Created));
    }

    private sealed class Stored
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Role { get; init; } = "";

        public long Disabled { get; init; }

        public long HasPassword { get; init; }

        public long Created { get; init; }

        public long? SignedIn { get; init; }

        public long Live { get; init; }
    }

    private sealed class StoredKey
    {
        public long Id { get; init; }

        public string KeyType { get; init; } = "";

        public string Fingerprint { get; init; } = "";

        public string Line { get; init; } = "";

        public string Comment { get; init; } = "";

        public long Added { get; init; }
    }
}
