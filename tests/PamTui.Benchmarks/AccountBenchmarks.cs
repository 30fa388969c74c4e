using BenchmarkDotNet.Attributes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Core.Vault;

namespace PamTui.Benchmarks;

/// <summary>A vault of 10,000 resources with 100,000 accounts, each with five pairs of its own and one of its resource.</summary>
[ShortRunJob]
[MinColumn]
[MedianColumn]
public class AccountBenchmarks
{
    private static readonly Actor s_local = Actor.Local("benchmark");
    private static readonly PageRequest s_page = new();

    private DirectoryInfo _folder = null!;
    private Product _product = null!;
    private Actor _member = null!;

    [Params(
        "",
        "env=prod",
        "env=prod team=team-3",
        "env=prod kind=mysql",
        "env!=prod",
        "team=team-3 OR owner=owner-7",
        "ticket=T-77777",
        "kind=mysql",
        "resource=host-05000",
        "number")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public async Task FillAsync()
    {
        _folder = Directory.CreateTempSubdirectory("pamtui-bench-");
        DataFolder data = DataFolder.CreateOrOpen(Path.Combine(_folder.FullName, "data")).Value;
        await Product.InitAsync(data, new VaultUnlock(), MasterKeyForm.File, TimeProvider.System, null, CancellationToken.None);
        SampleRows.Fill(Path.Combine(data.Path, "vault.db"));
        _product = (await Product.OpenAsync(data, new VaultUnlock(), new CoreOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).Value;
        User user = (await _product.Users.AddAsync(s_local, "member", Role.Member, null, CancellationToken.None)).Value;
        _member = new Actor(user.Name, user.Id, Role.Member, "local");
        await _product.Grants.AddAsync(s_local, new GrantDraft("member", "env=prod", Capability.Connect), CancellationToken.None);
        await _product.Grants.AddAsync(s_local, new GrantDraft("member", "host-00001/*", Capability.Connect), CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task RemoveAsync()
    {
        await _product.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public async Task<int> PageAsAdmin() => (await _product.Accounts.ListAsync(s_local, Filter, s_page, CancellationToken.None)).Value.Total;

    [Benchmark]
    public async Task<int> PageAsMember() => (await _product.Accounts.ListAsync(_member, Filter, s_page, CancellationToken.None)).Value.Total;

    [Benchmark]
    public async Task<LoginTarget> LoginByAlias() => await _product.Authorizer.ResolveAsync(_member.UserId!.Value, "alias-500", null, CancellationToken.None);

    [Benchmark]
    public async Task<LoginTarget> LoginByName() => await _product.Authorizer.ResolveAsync(_member.UserId!.Value, "svc-500", null, CancellationToken.None);

    [Benchmark]
    public async Task<AccessGrant?> Authorize() =>
        await _product.Authorizer.AuthorizeAsync(_member.UserId!.Value, new AccountRef("host-00500", "svc-500"), Capability.Connect, CancellationToken.None);
}
