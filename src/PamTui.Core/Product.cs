using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Audit;
using PamTui.Core.Certificates;
using PamTui.Core.Connectors;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Core.Personal;
using PamTui.Core.Rotation;
using PamTui.Core.Storage;
using PamTui.Core.Users;
using PamTui.Core.Vault;

namespace PamTui.Core;

/// <summary>
/// The core, composed: every use case of one opened vault. One a process; several processes may have the same vault open. Safe for
/// any number of callers at once.
/// </summary>
public sealed class Product : IAsyncDisposable
{
    private readonly Database _database;
    private readonly StoreWatch _changes;
    private readonly OpenVault _vault;
    private readonly PasswordHasher _hasher;
    private readonly Connectors.Connectors _connectors;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    private Product(DataFolder folder, Database database, OpenVault vault, SignInCheck? check, CoreOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _database = database;
        _changes = new StoreWatch(database, time);
        _vault = vault;
        _hasher = new PasswordHasher(options.PasswordCost);
        AuditWriter audit = new(vault.AuditKey, time);
        SecretStore secrets = new(vault);
        CertificateAuthority authority = new(secrets, audit, _random, time);
        Connectors.Connectors SigningBy(string? fingerprint) => new(
            time,
            (resource, username, local, ct) => database.WriteAsync(tx => authority.IssueForCheckAsync(tx, resource, username, local, fingerprint), ct));
        _connectors = SigningBy(fingerprint: null);
        Credentials credentials = new(secrets);
        Resources = new Resources.Resources(database, audit, _connectors.ProbeIdentityAsync, time);
        check ??= _connectors.CheckAsync;
        Accounts = new Accounts.Accounts(database, audit, credentials, check, new KeyMaker(_random), time);
        AccountPlans plans = new(credentials, time);
        CheckHistory = new CheckHistory(database, plans);
        KnownPairs = new KnownPairs(database, time);
        HealthRounds = new HealthRounds(database, audit, credentials, check, time);
        Users = new Users.Users(database, audit, secrets, _hasher, time);
        Groups = new Groups(database, audit);
        Grants = new Grants(database, audit, time);
        SignIns = new SignIns(database, audit, secrets, _hasher, time, logs.CreateLogger<SignIns>());
        Authorizer = new Authorizer(database, time);
        Sessions = new Sessions.Sessions(database, _changes, audit, credentials, authority, time);
        Forwards = new Sessions.Forwards(database, audit, time);
        Statements = new Statements.Statements(database, _changes, audit, secrets, options.Statements, time, logs.CreateLogger<Statements.Statements>());
        Authorities = new Authorities.Authorities(database, audit, authority, credentials, new AuthorityInstall(_connectors, SshdFiles.Usual, time), SigningBy, time);
        Policies = new Policies(database, audit, options.HooksOverSsh, time);
        (Rotations, RotationRounds) = Rotate(database, audit, credentials, check, _connectors, _random, time);
        Audit = new AuditLog(database, _changes, vault.AuditKey);
        Keys = new VaultKeys(folder, database, vault, audit, options);
        Favourites = new Favourites(database, audit, time);
        FormDrafts = new FormDrafts(database, secrets, time);
        SavedFilters = new SavedFilters(database, audit, time);
        PersonalSettings = new PersonalSettings(database, audit);
        Imports = new Imports.Imports(database, Resources, Accounts, time);
        Attention = new Attention(database, time);
        Groupings = new Groupings(database, time);
        Doctor = new Doctor(folder, database, vault, time);
    }

    public Resources.Resources Resources { get; }

    public Accounts.Accounts Accounts { get; }

    public CheckHistory CheckHistory { get; }

    public KnownPairs KnownPairs { get; }

    public HealthRounds HealthRounds { get; }

    public Users.Users Users { get; }

    public Groups Groups { get; }

    public Grants Grants { get; }

    public SignIns SignIns { get; }

    public Authorizer Authorizer { get; }

    public Sessions.Sessions Sessions { get; }

    public Sessions.Forwards Forwards { get; }

    public Statements.Statements Statements { get; }

    public Authorities.Authorities Authorities { get; }

    public Rotations Rotations { get; }

    public RotationRounds RotationRounds { get; }

    public Policies Policies { get; }

    public AuditLog Audit { get; }

    public VaultKeys Keys { get; }

    public Favourites Favourites { get; }

    public SavedFilters SavedFilters { get; }

    public FormDrafts FormDrafts { get; }

    public PersonalSettings PersonalSettings { get; }

    public Imports.Imports Imports { get; }

    public Attention Attention { get; }

    public Groupings Groupings { get; }

    public Doctor Doctor { get; }

    /// <summary>Opens a vault, bringing its file to this program's schema.</summary>
    /// <returns>A refusal: no vault there, files that others can read, a newer file, another master key. Nothing is written then.</returns>
    /// <exception cref="VaultException">The vault is damaged.</exception>
    /// <exception cref="IOException">The disk.</exception>
    public static Task<Result<Product>> OpenAsync(DataFolder folder, VaultUnlock unlock, CoreOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken ct) =>
        OpenAsync(folder, unlock, options, time, logs, check: null, ct);

    /// <summary>Makes a vault: its file, its master key, its audit chain, and its first admin. Interrupted, it can be run again.</summary>
    /// <param name="admin">The first admin and a line of an authorized_keys file; null: none yet, the owner of the folder is admin all the same.</param>
    public static Task<Result<Done>> InitAsync(
        DataFolder folder,
        VaultUnlock unlock,
        MasterKeyForm form,
        TimeProvider time,
        (string Name, string? KeyLine)? admin,
        CancellationToken ct) => VaultInit.RunAsync(folder, unlock, form, new CoreOptions(), time, admin, ct);

    /// <param name="check">Signs in to targets; null: for real.</param>
    internal static async Task<Result<Product>> OpenAsync(DataFolder folder, VaultUnlock unlock, CoreOptions options, TimeProvider time, ILoggerFactory logs, SignInCheck? check, CancellationToken ct)
    {
        Result<bool> there = folder.IsPrivateFile(Database.FileName);
        if (there.Refusal is { } exposed)
        {
            return exposed;
        }

        if (!there.Value)
        {
            return Refusal.NotFound($"There is no vault in {Text.Quote(folder.Path)}: run `pamtui init` first, or name its folder with --data.");
        }

        Database database = new(folder.FileOf(Database.FileName));
        try
        {
            Result<Done> migrated = await Migrations.RunAsync(database, ct).ConfigureAwait(false);
            if (migrated.Refusal is { } newer)
            {
                database.Dispose();
                return newer;
            }

            Result<OpenVault> vault = await OpenVault.OpenAsync(folder, unlock, database, ct).ConfigureAwait(false);
            if (vault.Refusal is { } locked)
            {
                database.Dispose();
                return locked;
            }

            return new Product(folder, database, vault.Value, check, options, time, logs);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await SignIns.DisposeAsync().ConfigureAwait(false);
        await _changes.DisposeAsync().ConfigureAwait(false);
        await _connectors.DisposeAsync().ConfigureAwait(false);
        Statements.Dispose();
        _hasher.Dispose();
        _random.Dispose();
        _vault.Dispose();
        _database.Dispose();
    }

    private static (Rotations Rotations, RotationRounds Rounds) Rotate(Database database, AuditWriter audit, Credentials credentials, SignInCheck check, Connectors.Connectors connectors, RandomNumberGenerator random, TimeProvider time)
    {
        Rotators rotators = new(connectors, time);
        RotationPlans plans = new(rotators, time);
        PasswordMaker maker = new(random);
        Ledger ledger = new(database, audit, credentials, plans, maker, new KeyMaker(random), LeaseOwner.This(), time);
        Hooks hooks = new(database, audit, credentials, ledger, time);
        Rotations rotations = new(database, credentials, check, rotators, plans, maker, ledger, hooks, time);
        return (rotations, new RotationRounds(database, rotations, plans, ledger, hooks, time));
    }
}
