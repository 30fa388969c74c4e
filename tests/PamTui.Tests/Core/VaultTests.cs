using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

[UnsupportedOSPlatform("windows")]
public sealed class VaultTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task New_vault_has_its_admin_and_files_for_its_owner_alone()
    {
        await using TestVault vault = await OpenAsync();

        User root = Ok(await vault.Product.Users.FindAsync(Local, "root", Ct));

        Assert.Equal((Role.Admin, 1), (root.Role, root.Keys.Count));
        Assert.All(
            Directory.GetFiles(vault.Folder.Path),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Vault_is_made_once()
    {
        await using TestVault vault = await OpenAsync();

        Refusal refusal = (await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, ("eve", Key), Ct)).Refusal!;

        Assert.Equal(RefusalKind.Failed, refusal.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Users.FindAsync(Local, "eve", Ct)).Refusal!.Kind);
    }

    [Theory]
    [InlineData("Root", Key)]
    [InlineData("root", "no key")]
    public async Task Admin_that_breaks_a_rule_makes_no_vault(string name, string key)
    {
        await using TestVault vault = Empty();

        Assert.Equal(RefusalKind.Invalid, (await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, (name, key), Ct)).Refusal!.Kind);
        Assert.Empty(Directory.GetFiles(vault.Folder.Path));
    }

    [Fact]
    public async Task Interrupted_init_is_told_and_can_be_run_again()
    {
        await using TestVault vault = await OpenAsync();
        Execute(vault.File, "DELETE FROM vault; DELETE FROM users; DELETE FROM audit; DELETE FROM secrets");

        Assert.Contains("pamtui init", (await vault.TryOpenAsync()).Refusal!.Message, StringComparison.Ordinal);

        Assert.Null((await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, ("root", Key), Ct)).Refusal);
        await vault.AnotherAsync();
    }

    [Fact]
    public async Task Folder_without_a_vault_and_exposed_files_are_refused()
    {
        await using TestVault vault = await OpenAsync();
        File.SetUnixFileMode(vault.File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.TryOpenAsync()).Refusal!.Kind);

        await using TestVault empty = Empty();
        Assert.Equal(RefusalKind.NotFound, (await empty.TryOpenAsync()).Refusal!.Kind);
        Assert.Empty(Directory.GetFiles(empty.Folder.Path));
    }

    [Fact]
    public async Task F8_another_master_key_opens_nothing_and_writes_nothing()
    {
        await using TestVault vault = await OpenAsync();
        string key = vault.Folder.Path + "/master.key";
        string right = await File.ReadAllTextAsync(key, Ct);
        byte[] before = await File.ReadAllBytesAsync(vault.File, Ct);

        await File.WriteAllTextAsync(key, "pamtui-key-1 " + Convert.ToBase64String(new byte[32]) + "\n", Ct);
        Assert.Contains("not the one of this vault", (await vault.TryOpenAsync()).Refusal!.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(key, "rubbish", Ct);
        Assert.False((await vault.TryOpenAsync()).IsOk);
        File.Delete(key);
        Assert.Contains("missing", (await vault.TryOpenAsync()).Refusal!.Message, StringComparison.Ordinal);

        Assert.Equal(before, await File.ReadAllBytesAsync(vault.File, Ct));
        await File.WriteAllTextAsync(key, right, Ct);
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        await vault.AnotherAsync();
    }

    [Fact]
    public async Task File_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        await using TestVault vault = await OpenAsync();
        Execute(vault.File, "INSERT INTO schema_versions (ScriptName, Applied) VALUES ('PamTui.Core.Storage.Migrations.9999_future.sqlite.sql', '2030-01-01')");

        Refusal refusal = (await vault.TryOpenAsync()).Refusal!;

        Assert.Contains("newer pamtui", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("9999_future", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.Failed, (await Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, null, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Vault_from_before_the_search_finds_its_accounts_by_text_after_the_upgrade()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", alias: "boss");
        await vault.AddAccountAsync("web-1/root");
        Execute(vault.File, """
            DROP TRIGGER account_search_insert; DROP TRIGGER account_search_update; DROP TRIGGER account_search_delete;
            DROP TABLE account_search;
            DELETE FROM schema_versions WHERE ScriptName LIKE '%.0002_search.sqlite.sql'
            """);
        Assert.Equal(1, Execute(vault.File, "UPDATE accounts SET description = 'runs the bakery' WHERE name = 'root'"));

        Product upgraded = await vault.AnotherAsync();

        foreach ((string text, string name) in new[] { ("bos", "deploy"), ("BAKERY", "root") })
        {
            Assert.Equal(name, Assert.Single(Ok(await upgraded.Accounts.ListAsync(Local, text, new PageRequest(), Ct)).Items).Name);
        }

        await vault.AddAccountAsync("web-1/baker");
        Assert.Equal(2, Ok(await upgraded.Accounts.ListAsync(Local, "baker", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Programs_that_start_at_once_on_an_old_file_migrate_it_once()
    {
        await using TestVault vault = Empty();
        await File.WriteAllBytesAsync(vault.File, [], Ct);
        File.SetUnixFileMode(vault.File, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Result<Done>[] made = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            i => Product.InitAsync(vault.Folder, new VaultUnlock(), MasterKeyForm.File, vault.Time, ("admin" + i, Key), Ct)));

        Assert.Single(made, result => result.IsOk);
        await vault.AnotherAsync();
        Assert.True(Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
        Assert.Equal(1, Ok(await vault.Product.Users.ListAsync(Local, "", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Passphrase_opens_its_vault_and_no_other_does()
    {
        await using TestVault vault = Empty();
        Assert.False((await Product.InitAsync(vault.Folder, Asking("short"), MasterKeyForm.Passphrase, vault.Time, null, Ct)).IsOk);
        Ok(await Product.InitAsync(vault.Folder, Asking("correct horse battery"), MasterKeyForm.Passphrase, vault.Time, null, Ct));

        await vault.AnotherAsync(Asking("correct horse battery"));
        Assert.Contains("passphrase", (await vault.TryOpenAsync(Asking("correct horse battery "))).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("passphrase", (await vault.TryOpenAsync()).Refusal!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(vault.Folder.Path, "master.key")));
    }

    [Fact]
    public async Task Two_processes_write_at_once_and_lose_nothing()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        Product[] products = [vault.Product, await vault.AnotherAsync(), await vault.AnotherAsync()];

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            using NewCredential credential = Password("pw" + i);
            Ok(await products[i % 3].Accounts.AddAsync(Local, Draft("web-1/a" + i, credential), CheckMode.Unverified, null, Ct));
        }));

        Assert.Equal(60, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
        Assert.Equal(60, Ok(await vault.Product.Audit.ListAsync(Local, "action=account.add", new PageRequest(), Ct)).Total);
        Assert.True(Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
    }

    [Fact]
    public async Task Name_that_two_add_at_once_is_given_once()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        Product[] products = [vault.Product, await vault.AnotherAsync()];

        Result<SavedAccount>[] saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using NewCredential credential = Password("pw" + i);
            return await products[i % 2].Accounts.AddAsync(Local, Draft("web-1/same", credential), CheckMode.Check, null, Ct);
        }));

        Assert.Single(saved, result => result.IsOk);
        Assert.All(saved.Where(result => !result.IsOk), result => Assert.Equal("name", result.Refusal!.Field));
    }

    [Theory]
    [InlineData("UPDATE secrets SET ciphertext = zeroblob(length(ciphertext)) WHERE owner_kind = 'account' AND owner_id = 1")]
    [InlineData("UPDATE secrets SET tag = (SELECT tag FROM secrets WHERE owner_kind = 'account' AND owner_id = 2) WHERE owner_kind = 'account' AND owner_id = 1")]
    [InlineData("DELETE FROM secrets WHERE owner_kind = 'account' AND owner_id = 1; UPDATE secrets SET owner_id = 1 WHERE owner_kind = 'account' AND owner_id = 2")]
    [InlineData("DELETE FROM secrets WHERE owner_kind = 'account' AND owner_id = 1")]
    [InlineData("UPDATE accounts SET credential_version = 7 WHERE id = 1")]
    public async Task Sealed_row_that_was_edited_swapped_or_dropped_does_not_open(string sql)
    {
        await using TestVault vault = await WithAccountsAsync();
        Execute(vault.File, sql);

        VaultException told = await Assert.ThrowsAsync<VaultException>(() => vault.Product.Accounts.RevealAsync(Local, s_deploy, "x", Ct));

        Assert.DoesNotContain("canary", told.ToString(), StringComparison.Ordinal);
        using RevealedCredential other = sql.Contains("owner_id = 1 WHERE", StringComparison.Ordinal) ? new("", CredentialType.Password, Secret.FromText("second"), null)
            : Ok(await vault.Product.Accounts.RevealAsync(Local, new AccountRef("web-1", "root"), "x", Ct));
        Assert.Equal("second", other.Main.RevealText());
    }

    [Fact]
    public async Task Old_credential_put_back_does_not_open_as_the_new_one()
    {
        await using TestVault vault = await WithAccountsAsync();
        Execute(vault.File, "CREATE TABLE old AS SELECT * FROM secrets WHERE owner_kind = 'account' AND owner_id = 1");
        using NewCredential second = Password("new canary");
        Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Credential = second }, CheckMode.Unverified, null, Ct));

        Execute(vault.File, "DELETE FROM secrets WHERE owner_kind = 'account' AND owner_id = 1; INSERT INTO secrets SELECT * FROM old");

        await Assert.ThrowsAsync<VaultException>(() => vault.Product.Accounts.RevealAsync(Local, s_deploy, "x", Ct));
    }

    [Fact]
    public async Task No_secret_is_in_the_files_in_plain()
    {
        await using TestVault vault = await WithAccountsAsync();
        using Secret password = Secret.FromText("user canary password");
        Ok(await vault.Product.Users.SetPasswordAsync(Local, "root", password, Ct));

        foreach (string file in Directory.GetFiles(vault.Folder.Path))
        {
            string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Ct));
            Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String("canary password"u8), text, StringComparison.Ordinal);
            Assert.DoesNotContain("argon2id$", text, StringComparison.Ordinal);
        }
    }

    internal static async Task<TestVault> WithAccountsAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root", password: "second");
        return vault;
    }

    internal static VaultUnlock Asking(string passphrase) => new() { AskPassphrase = _ => Task.FromResult<Secret?>(Secret.FromText(passphrase)) };

    // As somebody with the file and without the program would.
    internal static int Execute(string file, string sql)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
