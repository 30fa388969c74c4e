using PamTui.Core.Accounts;
using PamTui.Core.Model;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class FilteredListTests
{
    [Theory]
    [InlineData("", "db/admin web-1/deploy web-1/root web-2/deploy")]
    [InlineData("env=prod", "db/admin web-1/deploy web-1/root")]
    [InlineData("env=Prod", "")]
    [InlineData("env!=prod", "web-2/deploy")]
    [InlineData("env=prod team=payments", "web-1/deploy")]
    [InlineData("team=payments OR team=data", "db/admin web-1/deploy")]
    [InlineData("team", "db/admin web-1/deploy")]
    [InlineData("-team", "web-1/root web-2/deploy")]
    [InlineData("-(team=payments OR env=dev)", "db/admin web-1/root")]
    [InlineData("tier=1", "web-1/root")]
    [InlineData("tier=2", "web-1/deploy")]
    [InlineData("note~REPLICA", "db/admin")]
    [InlineData("note~%", "")]
    [InlineData("kind=postgresql", "db/admin")]
    [InlineData("resource=web-1", "web-1/deploy web-1/root")]
    [InlineData("name=deploy resource~web", "web-1/deploy web-2/deploy")]
    [InlineData("alias=boss", "db/admin")]
    [InlineData("alias!=boss", "web-1/deploy web-1/root web-2/deploy")]
    [InlineData("alias=", "web-1/deploy web-1/root web-2/deploy")]
    [InlineData("username=u", "db/admin")]
    [InlineData("checkState=unverified", "db/admin web-1/deploy web-1/root web-2/deploy")]
    [InlineData("boss", "db/admin")]
    [InlineData("DEPLOY", "web-1/deploy web-1/root web-2/deploy")]
    [InlineData("\"team\"", "")]
    [InlineData("/web-1/deploy", "web-1/deploy")]
    [InlineData("/deploy@web-1", "web-1/deploy")]
    [InlineData("/web/dep", "web-1/deploy web-2/deploy")]
    [InlineData("/deploy", "web-1/deploy web-2/deploy")]
    [InlineData("//web-1/deploy", "")]
    [InlineData("-/web-1/deploy env=prod", "db/admin web-1/root")]
    [InlineData("\"name\"=x", "web-2/deploy")]
    [InlineData("name=x", "")]
    [InlineData("quote=\"'; DROP TABLE accounts; --\"", "web-2/deploy")]
    [InlineData("x=\"' OR 1=1 --\"", "")]
    [InlineData("\"' OR '1'='1\"=1", "")]
    public async Task Filter_selects(string filter, string expected)
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod tier=1");
        await vault.AddResourceAsync("web-2");
        await vault.AddResourceAsync("db", "env=prod", ResourceKind.PostgreSql);
        await vault.AddAccountAsync("web-1/deploy", "team=payments tier=2");
        await vault.AddAccountAsync("web-1/root");
        Metadata odd = Metadata.From([new("env", "dev"), new("name", "x"), new("quote", "'; DROP TABLE accounts; --")]).Value;
        await vault.AddAccountAsync("web-2/deploy");
        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, new AccountRef("web-2", "deploy"), odd, Ct));
        await vault.AddAccountAsync("db/admin", "team=data note=the-replica-of-x", alias: "boss", username: "u");

        Page<Account> page = Ok(await vault.Product.Accounts.ListAsync(Local, filter, new PageRequest(), Ct));

        Assert.Equal(expected, string.Join(' ', page.Items.Select(account => account.Reference)));
        Assert.Equal(page.Items.Count, page.Total);
    }

    [Fact]
    public async Task Key_of_a_resource_comes_back_to_its_account_when_the_account_gives_up_its_own()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddAccountAsync("web-1/deploy", "env=dev");
        Assert.Equal(0, await CountAsync(vault, "env=prod"));

        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, new AccountRef("web-1", "deploy"), Metadata.Empty, Ct));
        Assert.Equal(1, await CountAsync(vault, "env=prod"));

        Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new() { Metadata = Pairs("env=test") }, Ct));
        Assert.Equal((0, 1), (await CountAsync(vault, "env=prod"), await CountAsync(vault, "env=test")));
    }

    [Fact]
    public async Task Pages_follow_each_other_and_hold_what_they_say()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        foreach (int i in Enumerable.Range(0, 5))
        {
            await vault.AddAccountAsync("web-1/a" + i);
        }

        Page<Account> second = Ok(await vault.Product.Accounts.ListAsync(Local, "name~a", new PageRequest(2, 2), Ct));

        Assert.Equal(["a2", "a3"], second.Items.Select(account => account.Name));
        Assert.Equal((2, 5), (second.Offset, second.Total));
    }

    [Fact]
    public async Task Text_search_follows_what_becomes_of_an_account()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", alias: "boss");
        AccountRef reference = new("web-1", "deploy");

        Ok(await vault.Product.Accounts.EditAsync(Local, reference, new() { Alias = "chief", Description = "Runs the Bakery" }, CheckMode.Unverified, null, Ct));
        Assert.Equal((0, 1, 1), (await CountAsync(vault, "boss"), await CountAsync(vault, "chief"), await CountAsync(vault, "bakery")));

        // Found in one field or in none: never across two.
        Assert.Equal(0, await CountAsync(vault, "\"deploychief\""));
        Assert.Equal(0, await CountAsync(vault, "\"deploy\nchief\""));

        Ok(await vault.Product.Accounts.RemoveAsync(Local, reference, Ct));
        Assert.Equal(0, await CountAsync(vault, "bakery"));
    }

    [Theory]
    [InlineData("kind=mysql", "b")]
    [InlineData("env", "a")]
    [InlineData("host~A.EXAMPLE", "a")]
    [InlineData("port=3306", "b")]
    [InlineData("-env", "b")]
    public async Task Filter_selects_resources_by_their_own_fields(string filter, string expected)
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("a", "env=prod");
        await vault.AddResourceAsync("b", kind: ResourceKind.MySql);

        Page<Resource> page = Ok(await vault.Product.Resources.ListAsync(Local, filter, new PageRequest(), Ct));

        Assert.Equal(expected, string.Join(' ', page.Items.Select(resource => resource.Name)));
    }

    private static async Task<int> CountAsync(TestVault vault, string filter) => Ok(await vault.Product.Accounts.ListAsync(Local, filter, new PageRequest(), Ct)).Total;
}
