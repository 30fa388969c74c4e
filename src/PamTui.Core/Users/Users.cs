using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Users;

/// <summary>People and services who sign in. All of it is for admins; a member may look at himself.</summary>
public sealed class Users
{
    /// <summary>A sign-in looks through all of them.</summary>
    public const int MaxKeys = 32;

    public const int MinPasswordBytes = 10;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly SecretStore _secrets;
    private readonly PasswordHasher _hasher;
    private readonly TimeProvider _time;

    internal Users(Database database, AuditWriter audit, SecretStore secrets, PasswordHasher hasher, TimeProvider time) =>
        (_database, _audit, _secrets, _hasher, _time) = (database, audit, secrets, hasher, time);

    /// <param name="keyLine">A line of an authorized_keys file; null: none yet.</param>
    /// <returns>Invalid for a bad name or key, Failed for a name that is taken.</returns>
    public async Task<Result<User>> AddAsync(Actor actor, string name, Role role, string? keyLine, CancellationToken ct)
    {
        if (Names.Check(name, "user", "name") is { } badName)
        {
            return badName;
        }

        Result<AuthorizedKey?> key = keyLine is null ? (AuthorizedKey?)null : Nullable(AuthorizedKey.Parse(keyLine));
        if (key.Refusal is { } badKey)
        {
            return badKey;
        }

        return await AdminAsync(actor, "add users", tx => InsertAsync(tx, _audit, actor, name, role, key.Value, _time), ct).ConfigureAwait(false);
    }

    /// <summary>In name order.</summary>
    /// <param name="filter">The filter language over name, role, state, password, group, key; a bare word is searched in the names.</param>
    /// <returns>Invalid: the filter does not parse, or asks for what no user has.</returns>
    public async Task<Result<Page<ListedUser>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> parsed = FilterSubject.User.Parse(filter, "A user");
        return parsed.Refusal is { } bad
            ? bad
            : await _database.ReadAsync<Result<Page<ListedUser>>>(
                async tx => (await Caller.AdminAsync(tx, actor, "list users").ConfigureAwait(false)).Refusal is { } no
                    ? no
                    : await UserRows.PageAsync(tx, parsed.Value, FieldCheck.Bounded(page)).ConfigureAwait(false),
                ct).ConfigureAwait(false);
    }

    public Task<Result<User>> FindAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync(tx => SeenAsync(tx, actor, name), ct);

    /// <summary>When the user last signed in and what sessions he has. For admins, and of oneself.</summary>
    public Task<Result<UserActivity>> ActivityAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync<Result<UserActivity>>(
        async tx =>
        {
            Result<User> found = await SeenAsync(tx, actor, name).ConfigureAwait(false);
            if (found.Refusal is { } no)
            {
                return no;
            }

            // The name may have been another person's before.
            User user = found.Value;
            AuditRow? signIn = await AuditRows.LastAsync(tx, name, SignIns.Action, user.Created).ConfigureAwait(false);
            return new UserActivity(
                signIn?.At,
                signIn?.Source,
                await SessionRows.LastOfUserAsync(tx, user.Id).ConfigureAwait(false),
                (int)await SessionRows.CountOfUserAsync(tx, user.Id).ConfigureAwait(false),
                (int)await SessionRows.CountLiveOfUserAsync(tx, user.Id).ConfigureAwait(false));
        },
        ct);

    /// <summary>Removes the user with keys, password and grants; live sessions end within a second. The last enabled admin stays (F7).</summary>
    public Task<Result<Done>> RemoveAsync(Actor actor, string name, CancellationToken ct) => WithUserAsync<Done>(
        actor,
        name,
        "remove users",
        async (tx, user) =>
        {
            if (await LastAdminAsync(tx, user, "removed").ConfigureAwait(false) is { } last)
            {
                return last;
            }

            long grants = await GrantRows.CountOfUserAsync(tx, user.Id).ConfigureAwait(false);
            await SecretRows.DeleteAsync(tx, UserSecrets.OwnerKind, user.Id).ConfigureAwait(false);
            await UserRows.DeleteAsync(tx, user.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "user.remove", name, AuditDetails.Of(("grants", Number(grants)))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <summary>A disabled user cannot sign in, and live sessions end within a second. The last enabled admin stays (F7).</summary>
    public Task<Result<Done>> SetDisabledAsync(Actor actor, string name, bool disabled, CancellationToken ct) => WithUserAsync<Done>(
        actor,
        name,
        disabled ? "disable users" : "enable users",
        async (tx, user) =>
        {
            if (disabled && await LastAdminAsync(tx, user, "disabled").ConfigureAwait(false) is { } last)
            {
                return last;
            }

            await UserRows.SetDisabledAsync(tx, user.Id, disabled).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, disabled ? "user.disable" : "user.enable", name).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    public Task<Result<Done>> SetRoleAsync(Actor actor, string name, Role role, CancellationToken ct) => WithUserAsync<Done>(
        actor,
        name,
        "change roles",
        async (tx, user) =>
        {
            if (role != Role.Admin && await LastAdminAsync(tx, user, "made a member").ConfigureAwait(false) is { } last)
            {
                return last;
            }

            await UserRows.SetRoleAsync(tx, user.Id, role).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "user.role", name, AuditDetails.Of(("role", Words.Of(role)))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <param name="keyLine">A line of an authorized_keys file, without options.</param>
    public async Task<Result<UserKey>> AddKeyAsync(Actor actor, string name, string keyLine, CancellationToken ct)
    {
        Result<AuthorizedKey> parsed = AuthorizedKey.Parse(keyLine);
        if (parsed.Refusal is { } bad)
        {
            return bad;
        }

        return await WithUserAsync<UserKey>(
            actor,
            name,
            "add keys",
            async (tx, user) =>
            {
                if (user.Keys.Any(key => key.Fingerprint == parsed.Value.Fingerprint))
                {
                    return Refusal.Failed($"{Text.Quote(name)} has this key already.", "key");
                }

                return user.Keys.Count >= MaxKeys
                    ? Refusal.Failed($"{Text.Quote(name)} has {MaxKeys} keys already: remove one first.", "key")
                    : await InsertKeyAsync(tx, _audit, actor, user.Id, name, parsed.Value, _time).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
    }

    /// <param name="fingerprint">"SHA256:…"</param>
    public Task<Result<Done>> RemoveKeyAsync(Actor actor, string name, string fingerprint, CancellationToken ct) => WithUserAsync<Done>(
        actor,
        name,
        "remove keys",
        async (tx, user) =>
        {
            if (user.Keys.FirstOrDefault(key => key.Fingerprint == fingerprint) is not { } found)
            {
                return Refusal.NotFound($"{Text.Quote(name)} has no key {Text.Quote(fingerprint)}.");
            }

            await UserRows.DeleteKeyAsync(tx, found.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "user.key.remove", name, AuditDetails.Of(("fingerprint", fingerprint))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <param name="password">Kept as an Argon2id hash, itself sealed; null takes the password away. Its own spaces and line ends count.</param>
    public async Task<Result<Done>> SetPasswordAsync(Actor actor, string name, Secret? password, CancellationToken ct)
    {
        if (password is { Length: < MinPasswordBytes or > PasswordHasher.MaxPasswordBytes })
        {
            return Refusal.Invalid($"A password has {MinPasswordBytes} to {PasswordHasher.MaxPasswordBytes} bytes.", "password");
        }

        // Who may not do it costs no Argon2.
        Result<User> allowed = await _database.ReadAsync(tx => AdminsUserAsync(tx, actor, name, "set passwords"), ct).ConfigureAwait(false);
        if (allowed.Refusal is { } no)
        {
            return no;
        }

        string? hash = password is null ? null : await _hasher.HashAsync(password, ct).ConfigureAwait(false);
        if (password is not null && hash is null)
        {
            return Refusal.Failed("Too many passwords are being computed: try again in a moment.");
        }

        return await WithUserAsync<Done>(
            actor,
            name,
            "set passwords",
            async (tx, user) =>
            {
                long version = await UserRows.NextPasswordVersionAsync(tx, user.Id, hash is not null).ConfigureAwait(false);
                if (hash is null)
                {
                    await SecretRows.DeleteAsync(tx, UserSecrets.OwnerKind, user.Id, UserSecrets.PasswordField).ConfigureAwait(false);
                }
                else
                {
                    using Secret secret = Secret.FromText(hash);
                    await _secrets.SealAsync(tx, UserSecrets.Password(user.Id, version), secret).ConfigureAwait(false);
                }

                await _audit.AppendAsync(tx, actor, hash is null ? "user.password.remove" : "user.password.set", name).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Also how a new vault gets its first admin.</summary>
    internal static async Task<Result<User>> InsertAsync(Tx tx, AuditWriter audit, Actor actor, string name, Role role, AuthorizedKey? key, TimeProvider time)
    {
        if (await UserRows.FindAsync(tx, name).ConfigureAwait(false) is not null)
        {
            return Refusal.Failed($"There is a user {Text.Quote(name)} already.", "name");
        }

        long id = await UserRows.InsertAsync(tx, name, role, time.GetUtcNow()).ConfigureAwait(false);
        await audit.AppendAsync(tx, actor, "user.add", name, AuditDetails.Of(("role", Words.Of(role)))).ConfigureAwait(false);
        if (key is not null)
        {
            await InsertKeyAsync(tx, audit, actor, id, name, key, time).ConfigureAwait(false);
        }

        return (await UserRows.FindAsync(tx, id).ConfigureAwait(false))!;
    }

    private static async Task<UserKey> InsertKeyAsync(Tx tx, AuditWriter audit, Actor actor, long userId, string name, AuthorizedKey parsed, TimeProvider time)
    {
        DateTimeOffset added = StoredTime.From(StoredTime.Of(time.GetUtcNow()));
        UserKey key = new(0, parsed.KeyType, parsed.Fingerprint, parsed.Line, parsed.Comment, added);
        key = key with { Id = await UserRows.InsertKeyAsync(tx, userId, key).ConfigureAwait(false) };
        await audit.AppendAsync(tx, actor, "user.key.add", name, AuditDetails.Of(("fingerprint", key.Fingerprint), ("comment", key.Comment))).ConfigureAwait(false);
        return key;
    }

    private static Result<AuthorizedKey?> Nullable(Result<AuthorizedKey> key) => key.Refusal is { } no ? no : key.Value;

    private static async Task<Refusal?> LastAdminAsync(Tx tx, User user, string what) =>
        user is { Role: Role.Admin, Disabled: false } && await UserRows.IsLastAdminAsync(tx, user.Id).ConfigureAwait(false)
            ? Refusal.Failed($"{Text.Quote(user.Name)} is the last enabled admin and cannot be {what}: make another one first.")
            : null;

    private static async Task<Result<User>> AdminsUserAsync(Tx tx, Actor actor, string name, string what)
    {
        if ((await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no)
        {
            return no;
        }

        return await UserRows.FindAsync(tx, name).ConfigureAwait(false) is { } user ? user : NoUser(name);
    }

    private static async Task<Result<User>> SeenAsync(Tx tx, Actor actor, string name)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        if (!caller.Value.IsAdmin && caller.Value.User!.Name != name)
        {
            return Refusal.NotAllowed("Only an admin may look at other users.");
        }

        return await UserRows.FindAsync(tx, name).ConfigureAwait(false) is { } user ? user : NoUser(name);
    }

    internal static Refusal NoUser(string name) => Refusal.NotFound($"There is no user {Text.Quote(name)}.");

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task<Result<T>> AdminAsync<T>(Actor actor, string what, Func<Tx, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);

    private Task<Result<T>> WithUserAsync<T>(Actor actor, string name, string what, Func<Tx, User, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx =>
        {
            Result<User> user = await AdminsUserAsync(tx, actor, name, what).ConfigureAwait(false);
            return user.Refusal is { } no ? no : await work(tx, user.Value).ConfigureAwait(false);
        },
        ct);
}
