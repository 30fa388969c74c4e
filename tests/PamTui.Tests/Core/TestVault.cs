using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Vault;

namespace PamTui.Tests.CoreTests;

/// <summary>A vault of its own in a temporary folder, with cheap passwords, a clock that stands still and no network.</summary>
internal sealed class TestVault : IAsyncDisposable
{
    public const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti alice@laptop";

    private readonly DirectoryInfo _temp;
    private readonly List<Product> _products = [];
    private readonly CoreOptions _options;
    private int _checks;

    private TestVault(DirectoryInfo temp, DataFolder folder, CoreOptions options) => (_temp, Folder, _options) = (temp, folder, options);

    public static CoreOptions Cheap { get; } = new() { PasswordCost = new Argon2Parameters(64, 1, 1), PassphraseCost = new Argon2Parameters(64, 1, 1) };

    public DataFolder Folder { get; }

    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Product Product => _products[0];

    /// <summary>What a check answers; by default it passes.</summary>
    public Func<string, Secret, CheckReport> Check { get; set; } = (_, _) => Passed;

    public int Checks => _checks;

    public static CheckReport Passed { get; } = new(null, null, TimeSpan.FromMilliseconds(5));

    public static Actor Local { get; } = Actor.Local("tester");

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string File => Path.Combine(Folder.Path, "vault.db");

    public static async Task<TestVault> OpenAsync(CoreOptions? options = null)
    {
        TestVault vault = Empty(options);
        Assert.Null((await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, ("root", Key), Ct)).Refusal);
        await vault.AnotherAsync();
        return vault;
    }

    /// <summary>A data folder without a vault.</summary>
    public static TestVault Empty(CoreOptions? options = null)
    {
        DirectoryInfo temp = Directory.CreateTempSubdirectory("pamtui-test-");
        return new TestVault(temp, DataFolder.CreateOrOpen(Path.Combine(temp.FullName, "data")).Value, options ?? Cheap);
    }

    /// <summary>The same vault as another process would have it open.</summary>
    public async Task<Product> AnotherAsync(VaultUnlock? unlock = null)
    {
        Result<Product> opened = await TryOpenAsync(unlock);
        Assert.Null(opened.Refusal);
        return opened.Value;
    }

    public async Task<Result<Product>> TryOpenAsync(VaultUnlock? unlock = null)
    {
        Result<Product> opened = await Product.OpenAsync(Folder, unlock ?? new VaultUnlock(), _options, Time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CheckAsync, Ct);
        if (opened.IsOk)
        {
            _products.Add(opened.Value);
        }

        return opened;
    }

    public async Task<Resource> AddResourceAsync(string name, string metadata = "", ResourceKind kind = ResourceKind.Linux)
    {
        ResourceDraft draft = new(name, kind, name + ".example", null, kind == ResourceKind.Linux ? null : "main", TlsMode.Verify, null, [], false, "", Pairs(metadata));
        return Ok(await Product.Resources.AddAsync(Local, draft, Ct));
    }

    public async Task<Account> AddAccountAsync(string reference, string metadata = "", string? alias = null, string password = "canary password", string username = "deploy")
    {
        using NewCredential credential = Password(password);
        Result<SavedAccount> saved = await Product.Accounts.AddAsync(Local, Draft(reference, credential, metadata, alias, username), CheckMode.Unverified, null, Ct);
        return Ok(saved).Account!;
    }

    public async Task<Actor> AddUserAsync(string name, Role role = Role.Member)
    {
        User user = Ok(await Product.Users.AddAsync(Local, name, role, null, Ct));
        return new Actor(name, user.Id, role, "192.0.2.1");
    }

    public static AccountDraft Draft(string reference, NewCredential credential, string metadata = "", string? alias = null, string username = "deploy")
    {
        AccountRef parsed = AccountRef.Parse(reference).Value;
        return new AccountDraft(parsed.Resource, parsed.Account, username, credential, alias, "", "", Pairs(metadata));
    }

    public static NewCredential Password(string password) => new(CredentialType.Password, Secret.FromText(password));

    /// <summary>"a=1 b=2"</summary>
    public static Metadata Pairs(string text) =>
        Metadata.From(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => Metadata.ParsePair(pair).Value)).Value;

    public static T Ok<T>(Result<T> result) => result.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : result.Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Product product in _products)
        {
            await product.DisposeAsync();
        }

        _temp.Delete(recursive: true);
    }

    private Task<CheckReport> CheckAsync(Resource resource, string username, CredentialType type, Secret main, Secret? passphrase, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Interlocked.Increment(ref _checks);
        return Task.FromResult(Check(username, main));
    }
}
