using CsCheck;
using PamTui.Core.Accounts;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class CheckHistoryTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");
    private static readonly PageRequest s_page = new();

    [Fact]
    public async Task Checks_are_listed_with_who_asked_and_why_they_failed_the_newest_first()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        using NewCredential credential = Password("pw");
        Ok(await vault.Product.Accounts.AddAsync(Local, Draft("web-1/deploy", credential), CheckMode.Check, null, Ct));
        vault.Time.Advance(TimeSpan.FromHours(1));
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "no"), null, TimeSpan.FromMilliseconds(42));
        Ok(await vault.Product.Accounts.CheckAsync(Local, s_deploy, null, Ct));
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "no"), null, TimeSpan.FromMilliseconds(3));
        Ok(await vault.Product.Accounts.CheckAsync(Local, s_deploy, null, Ct));

        Page<CheckRecord> checks = Ok(await vault.Product.CheckHistory.ListAsync(Local, s_deploy, s_page, Ct));

        Assert.Equal(3, checks.Total);
        Assert.Equal(
            [(HealthState.Unreachable, CheckCause.PortRefused, 3), (HealthState.Rejected, CheckCause.WrongPassword, 42), (HealthState.Healthy, null, null)],
            checks.Items.Select(check => (check.Health, check.Cause, (int?)check.Elapsed?.TotalMilliseconds)));
        Assert.All(checks.Items, check => Assert.Equal(Local.Name, check.By));
        Assert.Equal(TimeSpan.FromHours(1), checks.Items[0].At - checks.Items[2].At);
    }

    [Fact]
    public async Task What_the_daily_look_changed_is_among_them_in_its_own_words()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        Ok(await vault.Product.Accounts.CheckAsync(Local, s_deploy, null, Ct));
        vault.Time.Advance(TimeSpan.FromDays(2));
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.AccountLocked, "web-1 says it's locked, 'for good'."), null, TimeSpan.FromMilliseconds(5));
        await vault.Product.HealthRounds.RunAsync(TimeSpan.FromDays(1), 1, null, Ct);

        CheckRecord latest = Ok(await vault.Product.CheckHistory.ListAsync(Local, s_deploy, s_page, Ct)).Items[0];

        Assert.Equal(("system", HealthState.Rejected, "web-1 says it's locked, 'for good'."), (latest.By, latest.Health, latest.Message));
    }

    [Fact]
    public async Task A_save_without_a_check_is_none_whatever_its_fields_say()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", "check=verified");
        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, s_deploy, Pairs("note=check=verified"), Ct));
        Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Privilege = "x check=verified" }, CheckMode.Unverified, null, Ct));
        Assert.Empty(Ok(await vault.Product.CheckHistory.ListAsync(Local, s_deploy, s_page, Ct)).Items);
    }

    [Fact]
    public void Details_are_read_as_they_were_written() => Gen.Select(Gen.String[0, 40], Gen.String[0, 40]).Sample((first, second) =>
    {
        IReadOnlyDictionary<string, string> read = AuditDetails.Read(AuditDetails.Of(("a", first), ("b", second), ("c", null)));
        Assert.Equal([("a", Text.Escape(first, 1024)), ("b", Text.Escape(second, 1024))], read.Select(pair => (pair.Key, pair.Value)));
    });

    [Fact]
    public void Details_that_were_cut_off_are_read_as_far_as_they_go() => Gen.Select(Gen.String[0, 60], Gen.Int[0, 80]).Sample((value, length) =>
    {
        string whole = AuditDetails.Of(("a", value), ("b", value));
        IReadOnlyDictionary<string, string> read = AuditDetails.Read(whole[..Math.Min(length, whole.Length)]);
        Assert.All(read.Keys, key => Assert.Contains(key, (string[])["a", "b"]));
    });

    [Fact]
    public async Task Values_of_a_key_are_those_that_the_caller_sees()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddResourceAsync("web-2", "env=test");
        await vault.AddAccountAsync("web-1/deploy", "team=");
        await vault.AddAccountAsync("web-1/root", "env=dev");
        await vault.AddAccountAsync("web-2/deploy", "team=data");
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Connect), Ct));

        Assert.Equal(["dev", "prod", "test"], Ok(await vault.Product.KnownPairs.ValuesAsync(Local, "env", Ct)));
        Assert.Equal(["dev", "prod"], Ok(await vault.Product.KnownPairs.ValuesAsync(alice, "env", Ct)));
        Assert.Equal(["data"], Ok(await vault.Product.KnownPairs.ValuesAsync(Local, "team", Ct)));
        Assert.Empty(Ok(await vault.Product.KnownPairs.ValuesAsync(alice, "team", Ct)));
        Assert.Empty(Ok(await vault.Product.KnownPairs.ValuesAsync(Local, "nobody", Ct)));
    }
}
