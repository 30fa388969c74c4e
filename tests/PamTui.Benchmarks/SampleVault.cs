using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Core.Vault;

namespace PamTui.Benchmarks;

/// <summary>
/// A vault of 10,000 resources with 100,000 accounts, each with five pairs of its own and one of its resource. Made once a process
/// and only read.
/// </summary>
internal static class SampleVault
{
    private static readonly Lazy<Task<(Product Product, Actor Member)>> s_vault = new(MakeAsync);

    public static Actor Local { get; } = Actor.Local("benchmark");

    /// <summary>The member may connect to a quarter of the accounts, by a filter, and to all of one resource.</summary>
    public static Task<(Product Product, Actor Member)> OpenAsync() => s_vault.Value;

    private static async Task<(Product, Actor)> MakeAsync()
    {
        DirectoryInfo temp = Directory.CreateTempSubdirectory("pamtui-bench-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => temp.Delete(recursive: true);
        DataFolder data = DataFolder.CreateOrOpen(Path.Combine(temp.FullName, "data")).Value;
        await Product.InitAsync(data, new VaultUnlock(), MasterKeyForm.File, TimeProvider.System, null, CancellationToken.None);
        SampleRows.Fill(Path.Combine(data.Path, "vault.db"));
        Product product = (await Product.OpenAsync(data, new VaultUnlock(), new CoreOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).Value;
        User user = (await product.Users.AddAsync(Local, "member", Role.Member, null, CancellationToken.None)).Value;
        await product.Grants.AddAsync(Local, new GrantDraft("member", "env=prod", Capability.Connect), CancellationToken.None);
        await product.Grants.AddAsync(Local, new GrantDraft("member", "host-00001/*", Capability.Connect), CancellationToken.None);
        return (product, new Actor(user.Name, user.Id, Role.Member, "local"));
    }
}
