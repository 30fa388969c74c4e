using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>The narrow row of pairs that filters ask says what the account's metadata say, whatever was changed and however.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccountPairsTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task Row_of_pairs_follows_an_account_from_its_making_to_its_end()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod tier=1");
        await vault.AddAccountAsync("web-1/root");
        await vault.AddAccountAsync("web-1/deploy", "team=payments tier=2");
        Assert.Equal("deploy: kind=linux env=prod team=payments tier=2; root: kind=linux env=prod tier=1", Rows(vault));

        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, s_deploy, Pairs("env=dev team=data"), Ct));
        Assert.Equal("deploy: kind=linux env=dev team=data tier=1; root: kind=linux env=prod tier=1", Rows(vault));

        Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Username = "other", Description = "new", Metadata = Metadata.Empty }, CheckMode.Unverified, null, Ct));
        Assert.Equal("deploy: kind=linux env=prod tier=1; root: kind=linux env=prod tier=1", Rows(vault));

        Ok(await vault.Product.Accounts.RemoveAsync(Local, s_deploy, Ct));
        Assert.Equal("root: kind=linux env=prod tier=1", Rows(vault));
    }

    [Fact]
    public async Task Row_of_pairs_follows_the_resource_of_the_account()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("db", "env=prod", ResourceKind.PostgreSql);
        await vault.AddAccountAsync("web-1/deploy", "team=payments");
        await vault.AddAccountAsync("db/admin", "env=test");
        Assert.Equal("admin: kind=postgresql env=test; deploy: kind=linux team=payments", Rows(vault));

        Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new() { Metadata = Pairs("env=prod team=web") }, Ct));
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new() { Metadata = Pairs("env=dev zone=b") }, Ct));
        Assert.Equal("admin: kind=postgresql env=test zone=b; deploy: kind=linux env=prod team=payments", Rows(vault));

        Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new() { Metadata = Metadata.Empty }, Ct));
        Assert.Equal("admin: kind=postgresql env=test zone=b; deploy: kind=linux team=payments", Rows(vault));

        Ok(await vault.Product.Resources.RemoveAsync(Local, "db", Ct));
        Assert.Equal("deploy: kind=linux team=payments", Rows(vault));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(900)]
    public async Task Value_is_found_and_forgotten_whatever_its_length(int length)
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddAccountAsync("web-1/deploy", "note=" + new string('x', length));
        await vault.AddAccountAsync("web-1/root", "note=" + new string('y', length));

        (string old, string other) = (new string('x', length), new string('x', length + 1));
        Assert.Equal((1, 1, 2, 2), (await CountAsync("note=" + old), await CountAsync("note!=" + old), await CountAsync("note!=" + other), await CountAsync("note")));

        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, s_deploy, Pairs("note=" + other), Ct));
        Assert.Equal((1, 2, 1, 2), (await CountAsync("note=" + other), await CountAsync("note!=" + old), await CountAsync("note!=" + other), await CountAsync("note")));

        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, s_deploy, Metadata.Empty, Ct));
        Assert.Equal((0, 2, 2, 1), (await CountAsync("note=" + other), await CountAsync("note!=" + old), await CountAsync("note!=" + other), await CountAsync("note")));

        // The pair env=prod leads: what is negated is asked of the row beside it, or of metadata when the value is too long for the row.
        async Task<long> CountAsync(string filter) => Ok(await vault.Product.Accounts.ListAsync(Local, "env=prod kind=linux " + filter, new PageRequest(), Ct)).Total;
    }

    [Fact]
    public async Task Vault_from_before_the_pairs_has_them_after_the_upgrade()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod tier=1");
        await vault.AddAccountAsync("web-1/deploy", "team=payments tier=2 note=" + new string('x', 65));
        await vault.AddAccountAsync("web-1/root");
        await vault.AddResourceAsync("db", kind: ResourceKind.MySql);
        await vault.AddAccountAsync("db/admin");
        string before = Rows(vault);
        VaultTests.Execute(vault.File, """
            DROP TRIGGER account_pairs_new; DROP TRIGGER account_pairs_gone;
            DROP TRIGGER account_pairs_insert; DROP TRIGGER account_pairs_delete; DROP TRIGGER account_pairs_update;
            DROP TABLE account_pairs;
            DELETE FROM schema_versions WHERE ScriptName LIKE '%.0005_pairs.sqlite.sql'
            """);

        Product upgraded = await vault.AnotherAsync();

        Assert.Equal("admin: kind=mysql; deploy: kind=linux env=prod note= team=payments tier=2; root: kind=linux env=prod tier=1", Rows(vault).Replace("note=\t", "note=", StringComparison.Ordinal));
        Assert.Equal(before, Rows(vault));
        Ok(await upgraded.Accounts.SetMetadataAsync(Local, new AccountRef("db", "admin"), Pairs("env=dev"), Ct));
        Assert.StartsWith("admin: kind=mysql env=dev; ", Rows(vault), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_changed_in_its_place_is_changed_in_the_row_of_pairs()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddAccountAsync("web-1/deploy", "team=payments");

        VaultTests.Execute(vault.File, "UPDATE metadata SET value = 'data' WHERE owner_kind = 'account' AND key = 'team'; UPDATE metadata SET value = 'dev' WHERE owner_kind = 'resource'");

        Assert.Equal("deploy: kind=linux env=prod team=data", Rows(vault));
    }

    /// <summary>"account: kind=… key=value …" by name, keys in order. A row that no account has would be called "?".</summary>
    private static string Rows(TestVault vault)
    {
        using SqliteConnection connection = new($"Data Source={vault.File};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(a.name, '?'), p.pairs FROM account_pairs p FULL JOIN accounts a ON a.id = p.account_id ORDER BY 1";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            string pairs = reader.GetString(1);
            Assert.Equal(('\n', '\n'), (pairs[0], pairs[^1]));
            IEnumerable<string> lines = pairs[1..^1].Split('\n').Order(StringComparer.Ordinal).Select(line =>
            {
                string[] words = line.TrimStart('\t').Split('\t', 2);
                return words[0] + "=" + words[1];
            });
            rows.Add($"{reader.GetString(0)}: {string.Join(' ', lines)}");
        }

        return string.Join("; ", rows);
    }
}
