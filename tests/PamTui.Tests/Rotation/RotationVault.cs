using Microsoft.Extensions.Time.Testing;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Vault;
using PamTui.Tests.Connectors;
using PamTui.Tests.CoreTests;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>A vault with one real target, the resource "db", whose sign-ins and rotations are real too.</summary>
internal sealed class RotationVault : IAsyncDisposable, IProgress<RotationProgress>
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");
    private readonly List<string> _steps = [];

    private RotationVault(Resource target, bool realTimers) => (Target, Time) = (target, realTimers ? new RealTimers(s_start) : new FakeTimeProvider(s_start));

    public Resource Target { get; }

    public DataFolder Folder { get; private set; } = null!;

    public Product Product { get; private set; } = null!;

    public FakeTimeProvider Time { get; }

    /// <summary>Called with each step as it is told; may throw, as a crash would end the program there.</summary>
    public Action<RotationProgress>? OnStep { get; set; }

    /// <summary>The steps that passed.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <param name="realTimers">Limits and patience run by themselves; the time of day is moved by the test all the same.</param>
    public static async Task<RotationVault> OpenAsync(Resource target, bool realTimers = false)
    {
        RotationVault vault = new(target, realTimers);
        vault.Folder = DataFolder.CreateOrOpen(Path.Combine(vault._temp.FullName, "data")).Value;
        Assert.Null((await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, ("root", Key), Ct)).Refusal);
        await vault.StartAsync();
        ResourceDraft draft = new("db", target.Kind, target.Host, target.Port, target.Database, target.TlsMode, target.TlsCa, target.HostKeys, false, "", Metadata.Empty);
        Ok(await vault.Product.Resources.AddAsync(Local, draft, Ct));
        return vault;
    }

    /// <summary>The program started anew on the same vault, as after a crash.</summary>
    public async Task RestartAsync()
    {
        await Product.DisposeAsync();
        Time.Advance(TimeSpan.FromMinutes(3));
        await StartAsync();
    }

    /// <summary>The same vault as another process would have it open.</summary>
    public async Task<Product> AnotherAsync() => Ok(await Product.OpenAsync(
        Folder, new VaultUnlock(), Cheap, Time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, check: null, Ct));

    /// <summary>A session of the account as a gateway writes it.</summary>
    public async Task<long> StartSessionAsync(string reference)
    {
        User root = Ok(await Product.Users.FindAsync(Local, "root", Ct));
        AccessGrant grant = (await Product.Authorizer.AuthorizeAsync(root.Id, AccountRef.Parse(reference).Value, Capability.Connect, Ct))!;
        return Ok(await Product.Sessions.StartAsync(grant, "192.0.2.1", "node", null, Ct));
    }

    public async Task<Account> AddAsync(string reference, string username, string password)
    {
        using NewCredential credential = Password(password);
        return Ok(await Product.Accounts.AddAsync(Local, Draft(reference, credential, username: username), CheckMode.Unverified, null, Ct)).Account!;
    }

    public async Task AddKeyAsync(string reference, string username, byte[] key)
    {
        using NewCredential credential = new(CredentialType.PrivateKey, Secret.From(key));
        Ok(await Product.Accounts.AddAsync(Local, Draft(reference, credential, username: username), CheckMode.Unverified, null, Ct));
    }

    public Task<Result<RotationRecord>> RotateAsync(string reference, bool byItself = false, CancellationToken? ct = null) =>
        Product.Rotations.RotateAsync(Local, AccountRef.Parse(reference).Value, byItself, this, ct ?? Ct);

    public async Task<Account> AccountAsync(string reference) => Ok(await Product.Accounts.FindAsync(Local, AccountRef.Parse(reference).Value, Ct));

    /// <summary>The password that the vault has for the account.</summary>
    public async Task<string> PasswordAsync(string reference)
    {
        using RevealedCredential revealed = Ok(await Product.Accounts.RevealAsync(Local, AccountRef.Parse(reference).Value, "test", Ct));
        return revealed.Main.RevealText();
    }

    /// <summary>What the vault has for the account is what the target takes.</summary>
    public async Task SignsInAsync(string reference)
    {
        CheckReport report = Ok(await Product.Accounts.CheckAsync(Local, AccountRef.Parse(reference).Value, null, Ct));
        Assert.True(report.Passed, $"{reference}: {report.Failure?.Message}");
    }

    public void Report(RotationProgress value)
    {
        if (value.State == StageState.Passed)
        {
            _steps.Add(value.Step.ToString());
        }

        OnStep?.Invoke(value);
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        _temp.Delete(recursive: true);
    }

    private async Task StartAsync() => Product = await AnotherAsync();

    private sealed class RealTimers(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, dueTime, period);
    }
}
