using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class AttentionTests
{
    [Fact]
    public async Task Each_trouble_names_its_accounts_and_the_filter_that_finds_them()
    {
        await using TestVault vault = await SampleAsync();

        IReadOnlyList<AttentionGroup> groups = Ok(await vault.Product.Attention.ListAsync(Local, 10, Ct));

        Assert.Equal(
            ["Rejected 1: web-1/root", "Unreachable 1: web-2/app", "NeverRotated 1: web-1/daily", "Unverified 3: web-1/a web-1/b web-1/daily"],
            groups.Select(group => $"{group.Kind} {group.Count}: {string.Join(' ', group.First.Select(account => account.Reference))}"));
        foreach (AttentionGroup group in groups.Where(group => group.Filter is not null))
        {
            Assert.Equal(group.Count, Ok(await vault.Product.Accounts.ListAsync(Local, group.Filter!, new PageRequest(), Ct)).Total);
        }
    }

    [Fact]
    public async Task Group_counts_all_and_names_the_first()
    {
        await using TestVault vault = await SampleAsync();

        AttentionGroup unverified = Ok(await vault.Product.Attention.ListAsync(Local, 2, Ct)).Single(group => group.Kind == AttentionKind.Unverified);

        Assert.Equal((3, "a b"), (unverified.Count, string.Join(' ', unverified.First.Select(account => account.Name))));
    }

    [Fact]
    public async Task Member_hears_of_no_trouble_but_that_of_accounts_he_sees()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/a", Capability.Connect), Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/daily", Capability.Connect), Ct));

        IReadOnlyList<AttentionGroup> groups = Ok(await vault.Product.Attention.ListAsync(alice, 10, Ct));

        Assert.Equal(
            ["NeverRotated 1: daily", "Unverified 2: a daily"],
            groups.Select(group => $"{group.Kind} {group.Count}: {string.Join(' ', group.First.Select(account => account.Name))}"));
    }

    [Fact]
    public async Task Nothing_is_said_when_all_is_well()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        Ok(await vault.Product.Accounts.CheckAsync(Local, new AccountRef("web-1", "deploy"), null, Ct));

        Assert.Empty(Ok(await vault.Product.Attention.ListAsync(Local, 10, Ct)));
    }

    // A day after the daily policy wanted its account rotated.
    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("web-2");
        foreach (string account in new[] { "web-1/a", "web-1/b", "web-1/daily", "web-1/root", "web-2/app" })
        {
            await vault.AddAccountAsync(account);
        }

        await CheckAsync(vault, new AccountRef("web-1", "root"), new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "The password is wrong."));
        await CheckAsync(vault, new AccountRef("web-2", "app"), new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "Nobody listens there."));
        RotationTerms daily = new(true, TimeSpan.FromDays(1), null, TimeSpan.Zero, true, false, null, null);
        Ok(await vault.Product.Policies.AddAsync(Local, new PolicyDraft("daily", null, "web-1/daily", daily), Ct));
        vault.Time.Advance(TimeSpan.FromDays(2));
        return vault;
    }

    private static async Task CheckAsync(TestVault vault, AccountRef account, CheckFailure failure)
    {
        vault.Check = (_, _) => new CheckReport(failure, null, TimeSpan.Zero);
        Ok(await vault.Product.Accounts.CheckAsync(Local, account, null, Ct));
    }
}
