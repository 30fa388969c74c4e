using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Demo;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.Demo;

[SupportedOSPlatform("linux")]
public sealed class DemoVaultTests
{
    [Fact]
    public async Task The_practice_account_passes_a_real_check_and_each_kind_has_several_accounts()
    {
        using DemoFolder folder = new();
        DataFolder vault = DataFolder.CreateOrOpen(folder.Vault).Value;
        Assert.True((await Product.InitAsync(vault, new VaultUnlock(), MasterKeyForm.File, TimeProvider.System, null, CancellationToken.None)).IsOk);
        await using Product product = (await Product.OpenAsync(
            vault, new VaultUnlock(), new CoreOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).Value;
        using SshPrivateKey accountKey = SshPrivateKey.GenerateEd25519("operator");
        SshPrivateKey hostKey = SshPrivateKey.GenerateEd25519("host");
        await using PracticeTarget target = PracticeTarget.Start(Environment.UserName, accountKey.PublicKey, hostKey, new SshOptions(), NullLogger.Instance);

        Result<Done> filled = await DemoVault.FillAsync(product, accountKey, hostKey.PublicKey, target.Port, Environment.UserName, TimeProvider.System, CancellationToken.None);

        Assert.True(filled.IsOk, filled.Refusal?.Message);
        IReadOnlyList<Account> accounts = (await product.Accounts.ListAsync(Actor.System, "", new PageRequest(), CancellationToken.None)).Value.Items;
        Assert.Equal(CheckState.Verified, accounts.Single(account => account.Resource == DemoVault.PracticeResource).CheckState);
        Assert.Equal(3, accounts.Select(account => account.Kind).Distinct().Count());
        Assert.All(accounts, account => Assert.NotEmpty(account.Metadata));
    }
}
