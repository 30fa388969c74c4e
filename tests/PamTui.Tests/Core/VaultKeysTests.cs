using System.Runtime.Versioning;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

[UnsupportedOSPlatform("windows")]
public sealed class VaultKeysTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task Rekeyed_vault_opens_with_the_new_key_file_and_not_with_the_old_one()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        string file = Path.Combine(vault.Folder.Path, "master.key");
        string old = await File.ReadAllTextAsync(file, Ct);

        RekeyReport report = Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));

        Assert.Equal((false, 3L), (report.Resumed, report.Secrets));
        await RevealsAsync(await vault.AnotherAsync());
        await RevealsAsync(vault.Product);
        Assert.Single(await File.ReadAllLinesAsync(file, Ct), line => line.StartsWith("pamtui-key-1", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, old, Ct);
        Assert.False((await vault.TryOpenAsync()).IsOk);
    }

    [Fact]
    public async Task Another_process_follows_a_rekey_and_goes_on_reading_and_writing()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        Product gateway = await vault.AnotherAsync();
        await RevealsAsync(gateway);

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));

        await RevealsAsync(gateway);
        using NewCredential credential = Password("third");
        Ok(await gateway.Accounts.AddAsync(Local, Draft("web-1/third", credential), CheckMode.Unverified, null, Ct));
        using RevealedCredential third = Ok(await vault.Product.Accounts.RevealAsync(Local, new AccountRef("web-1", "third"), "x", Ct));
        Assert.Equal("third", third.Main.RevealText());
    }

    [Fact]
    public async Task F8_process_that_cannot_get_the_new_key_reads_and_writes_no_secret()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        Product stale = await vault.AnotherAsync();

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.Passphrase, VaultTests.Asking("correct horse battery"), null, Ct));

        await Assert.ThrowsAsync<VaultException>(() => stale.Accounts.RevealAsync(Local, s_deploy, "x", Ct));
        using NewCredential credential = Password("lost");
        await Assert.ThrowsAsync<VaultException>(() => stale.Accounts.AddAsync(Local, Draft("web-1/lost", credential), CheckMode.Unverified, null, Ct));
        Assert.Equal(2, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Vault_passes_from_key_file_to_passphrase_and_back()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        string file = Path.Combine(vault.Folder.Path, "master.key");

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.Passphrase, VaultTests.Asking("correct horse battery"), null, Ct));
        Assert.False(File.Exists(file));
        await RevealsAsync(await vault.AnotherAsync(VaultTests.Asking("correct horse battery")));

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await RevealsAsync(await vault.AnotherAsync());
    }

    [Fact]
    public async Task Rekey_that_was_stopped_at_any_batch_leaves_a_vault_that_opens_and_is_finished_by_the_next()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        foreach (int i in Enumerable.Range(0, 250))
        {
            await vault.AddAccountAsync("web-1/a" + i, password: "pw" + i);
        }

        using CancellationTokenSource stop = new();
        StopAtOnce stopping = new(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), stopping, stop.Token));

        Product next = await vault.AnotherAsync();
        await RevealsAsync(next);
        Assert.Contains(Ok(await next.Doctor.ExamineAsync(Local, Ct)), finding => finding.Message.Contains("vault rekey", StringComparison.Ordinal));

        Assert.True(Ok(await next.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct)).Resumed);
        await RevealsAsync(await vault.AnotherAsync());
        Assert.DoesNotContain(Ok(await next.Doctor.ExamineAsync(Local, Ct)), finding => finding.Message.Contains("vault rekey", StringComparison.Ordinal));
        Assert.True(Ok(await next.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
    }

    [Fact]
    public async Task Key_file_of_the_middle_of_a_rekey_opens_whichever_way_the_commit_went()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        string file = Path.Combine(vault.Folder.Path, "master.key");
        string old = (await File.ReadAllLinesAsync(file, Ct)).Single(line => line.StartsWith("pamtui-key-1", StringComparison.Ordinal));
        string other = "pamtui-key-1 " + Convert.ToBase64String(new byte[32]);

        await File.WriteAllTextAsync(file, other + "\n" + old + "\n", Ct);
        await RevealsAsync(await vault.AnotherAsync());

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));
        string fresh = (await File.ReadAllLinesAsync(file, Ct)).Single(line => line.StartsWith("pamtui-key-1", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, fresh + "\n" + old + "\n", Ct);
        await RevealsAsync(await vault.AnotherAsync());
    }

    [Fact]
    public async Task Backup_is_a_private_file_that_becomes_the_same_vault_elsewhere()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        await using TestVault elsewhere = Empty();
        string backup = Path.Combine(vault.Folder.Path, "backup.db");

        Ok(await vault.Product.Keys.BackupAsync(Local, backup, Ct));
        await vault.AddAccountAsync("web-1/later");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        Assert.Equal(RefusalKind.Failed, (await vault.Product.Keys.BackupAsync(Local, backup, Ct)).Refusal!.Kind);

        Ok(await VaultKeys.RestoreAsync(backup, elsewhere.Folder, Ct));
        Assert.Contains("master.key", (await elsewhere.TryOpenAsync()).Refusal!.Message, StringComparison.Ordinal);
        File.Copy(Path.Combine(vault.Folder.Path, "master.key"), Path.Combine(elsewhere.Folder.Path, "master.key"));
        Product restored = await elsewhere.AnotherAsync();
        await RevealsAsync(restored);
        Assert.Equal(2, Ok(await restored.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
        Assert.True(Ok(await restored.Audit.VerifyAsync(Local, null, Ct)).IsWhole);

        Assert.Equal(RefusalKind.Failed, (await VaultKeys.RestoreAsync(backup, elsewhere.Folder, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task What_is_no_backup_is_not_restored()
    {
        await using TestVault elsewhere = Empty();
        string rubbish = Path.Combine(elsewhere.Folder.Path, "rubbish");
        await File.WriteAllBytesAsync(rubbish, new byte[5000], Ct);

        Assert.Equal(RefusalKind.Invalid, (await VaultKeys.RestoreAsync(rubbish, elsewhere.Folder, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotFound, (await VaultKeys.RestoreAsync(rubbish + "x", elsewhere.Folder, Ct)).Refusal!.Kind);
        Assert.Equal(["rubbish"], Directory.GetFiles(elsewhere.Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Admin_from_afar_neither_rekeys_nor_copies_the_vault()
    {
        await using TestVault vault = await VaultTests.WithAccountsAsync();
        Actor admin = await vault.AddUserAsync("admin", Role.Admin);

        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Keys.RekeyAsync(admin, MasterKeyForm.File, new VaultUnlock(), null, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Keys.BackupAsync(admin, Path.Combine(vault.Folder.Path, "b"), Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Doctor_names_what_will_bite()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        await vault.AddUserAsync("keyless");
        Ok(await vault.Product.Grants.AddAsync(Local, new("keyless", "env=nowhere", Capability.Connect), Ct));
        File.SetUnixFileMode(vault.Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);

        string findings = string.Join('\n', Ok(await vault.Product.Doctor.ExamineAsync(Local, Ct)).Select(finding => finding.Message));

        Assert.Contains("chmod 700", findings, StringComparison.Ordinal);
        Assert.Contains("never checked as they are now, so nothing signs in with them by itself (`pamtui account check`): db/admin, web-1/deploy, web-1/root.", findings, StringComparison.Ordinal);
        Assert.Contains("No host key is pinned", findings, StringComparison.Ordinal);
        Assert.Contains("cannot sign in: keyless.", findings, StringComparison.Ordinal);
        Assert.Contains("reach no account: 1 (keyless).", findings, StringComparison.Ordinal);
    }

    private static async Task RevealsAsync(Product product)
    {
        using RevealedCredential revealed = Ok(await product.Accounts.RevealAsync(Local, s_deploy, "x", Ct));
        Assert.Equal("canary password", revealed.Main.RevealText());
    }

    private sealed class StopAtOnce(CancellationTokenSource stop) : IProgress<RekeyProgress>
    {
        public void Report(RekeyProgress value) => stop.Cancel();
    }
}
