using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class SortedListTests
{
    [Theory]
    [InlineData("", "db/admin web-1/deploy web-1/root web-2/deploy")]
    [InlineData("-resource", "web-2/deploy web-1/deploy web-1/root db/admin")]
    [InlineData("name", "db/admin web-1/deploy web-2/deploy web-1/root")]
    [InlineData("-name,-resource", "web-1/root web-2/deploy web-1/deploy db/admin")]
    [InlineData("-kind,username", "db/admin web-2/deploy web-1/deploy web-1/root")]
    [InlineData("check", "web-1/root db/admin web-2/deploy web-1/deploy")]
    [InlineData("-check", "web-1/deploy db/admin web-2/deploy web-1/root")]
    [InlineData("last-checked", "db/admin web-2/deploy web-1/root web-1/deploy")]
    [InlineData("-last-checked", "web-1/deploy web-1/root db/admin web-2/deploy")]
    [InlineData("last-used", "db/admin web-1/root web-2/deploy web-1/deploy")]
    [InlineData("-last-used,-name", "web-1/deploy web-2/deploy web-1/root db/admin")]
    [InlineData("rotation-due", "web-1/root web-1/deploy web-2/deploy db/admin")]
    [InlineData("-rotation-due", "db/admin web-1/deploy web-2/deploy web-1/root")]
    public async Task Accounts_come_in_the_order_asked_for(string order, string expected)
    {
        await using TestVault vault = await SampleAsync();

        Assert.Equal(expected, await ListAsync(vault, order, new PageRequest()));
    }

    [Theory]
    [InlineData("-name", "web-2 web-1 db")]
    [InlineData("kind", "web-1 web-2 db")]
    [InlineData("-host", "web-2 web-1 db")]
    [InlineData("-accounts", "web-1 db web-2")]
    [InlineData("check,-name", "web-1 web-2 db")]
    [InlineData("last-checked", "db web-2 web-1")]
    [InlineData("-last-used", "web-1 web-2 db")]
    [InlineData("rotation-due", "web-1 web-2 db")]
    public async Task Resources_come_in_the_order_asked_for(string order, string expected)
    {
        await using TestVault vault = await SampleAsync();

        Page<Resource> page = Ok(await vault.Product.Resources.ListSortedAsync(Local, "", Ok(SortKeys.Parse<ResourceSort>(order, Words.Of)), new PageRequest(), Ct));

        Assert.Equal(expected, string.Join(' ', page.Items.Select(resource => resource.Name)));
    }

    [Fact]
    public async Task Pages_of_any_order_hold_each_account_once()
    {
        await using TestVault vault = await SampleAsync();

        foreach (AccountSort by in Enum.GetValues<AccountSort>())
        {
            string whole = await ListAsync(vault, Words.Of(by), new PageRequest());
            string paged = string.Join(' ', await ListAsync(vault, Words.Of(by), new PageRequest(0, 3)), await ListAsync(vault, Words.Of(by), new PageRequest(3, 3)));
            Assert.Equal(whole, paged);
        }
    }

    [Fact]
    public async Task Member_sorts_what_he_sees_and_no_more()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "name=deploy", Capability.Connect), Ct));

        Page<Account> accounts = Ok(await vault.Product.Accounts.ListSortedAsync(alice, "", [new(AccountSort.LastUsed, true)], new PageRequest(), Ct));
        Page<Resource> resources = Ok(await vault.Product.Resources.ListSortedAsync(alice, "", [new(ResourceSort.Check, true)], new PageRequest(), Ct));

        Assert.Equal(["web-1/deploy", "web-2/deploy"], accounts.Items.Select(account => account.Reference.ToString()));
        Assert.Equal((2, "web-1 web-2"), (accounts.Total, string.Join(' ', resources.Items.Select(resource => resource.Name))));
    }

    [Theory]
    [InlineData("color", "Nothing is sorted by 'color': use resource, name,")]
    [InlineData("--name", "Nothing is sorted by '--name'")]
    [InlineData("name,-name", "An order names 'name' twice.")]
    public void Order_that_cannot_be_is_refused_in_words(string order, string sentence)
    {
        Refusal? refusal = SortKeys.Parse<AccountSort>(order, Words.Of).Refusal;

        Assert.StartsWith(sentence, refusal?.Message, StringComparison.Ordinal);
        Assert.Equal("sort", refusal?.Field);
    }

    private static async Task<string> ListAsync(TestVault vault, string order, PageRequest page) => string.Join(' ', Ok(await vault.Product.Accounts.ListSortedAsync(
        Local, "", Ok(SortKeys.Parse<AccountSort>(order, Words.Of)), page, Ct)).Items.Select(account => account.Reference));

    // deploy of web-1 was checked and used last, root's check failed before; web-1 is rotated monthly, root by a policy of its own daily.
    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("web-2");
        await vault.AddResourceAsync("db", kind: ResourceKind.PostgreSql);
        await vault.AddAccountAsync("web-1/root", username: "root");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-2/deploy", username: "app");
        await vault.AddAccountAsync("db/admin");
        Ok(await vault.Product.Policies.AddAsync(Local, Policy("daily", "web-1/root", 1), Ct));
        Ok(await vault.Product.Policies.AddAsync(Local, Policy("monthly", "kind=linux", 30), Ct));
        Actor bob = await vault.AddUserAsync("bob");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("bob", "kind=linux", Capability.Connect), Ct));
        foreach ((string account, bool passes) in new[] { ("root", false), ("deploy", true) })
        {
            vault.Time.Advance(TimeSpan.FromMinutes(1));
            vault.Check = (_, _) => passes ? Passed : new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "No."), null, TimeSpan.Zero);
            Ok(await vault.Product.Accounts.CheckAsync(Local, new AccountRef("web-1", account), null, Ct));
        }

        foreach (AccountRef account in new AccountRef[] { new("web-2", "deploy"), new("web-1", "deploy") })
        {
            vault.Time.Advance(TimeSpan.FromMinutes(1));
            Ok(await vault.Product.Sessions.StartAsync((await vault.Product.Authorizer.AuthorizeAsync(bob.UserId!.Value, account, Capability.Connect, Ct))!, "x", "n", null, Ct));
        }

        return vault;
    }

    private static PolicyDraft Policy(string name, string target, int days) =>
        new(name, null, target, new RotationTerms(true, TimeSpan.FromDays(days), null, TimeSpan.Zero, true, false, null, null));
}
