using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>Scheduled sign-ins, with a clock of their own and targets that answer as the test wants.</summary>
public sealed class HealthTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly AccountRef s_app = new("db", "app");

    private static CheckReport Rejected { get; } = new(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "The password is wrong."), null, TimeSpan.Zero);

    private static CheckReport Unreachable { get; } = new(new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "Nothing listens there."), null, TimeSpan.Zero);

    [Fact]
    public async Task Each_account_is_signed_in_with_once_a_day_spread_over_the_last_quarter_of_it()
    {
        await using TestVault vault = await WithAccountsAsync(20);
        vault.Time.Advance((s_day * 0.75) - TimeSpan.FromMinutes(1));
        Assert.Empty(await RoundAsync(vault));

        List<int> hours = [];
        for (int hour = 0; hour <= 6; hour++)
        {
            hours.Add((await RoundAsync(vault)).Count);
            vault.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(20, hours.Sum());
        Assert.True(hours.Count(count => count > 0) > 2, string.Join(',', hours));
        Account account = Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("db", "app3"), Ct));
        Assert.Equal((HealthState.Healthy, CheckState.Verified), (account.Health.State, account.CheckState));
    }

    [Fact]
    public async Task First_rejection_takes_an_account_off_the_schedule_until_a_check_has_passed()
    {
        await using TestVault vault = await WithAppAsync();
        vault.Check = (_, _) => Rejected;
        vault.Time.Advance(s_day);
        DateTimeOffset then = vault.Time.GetUtcNow();
        Assert.Equal(HealthState.Rejected, Assert.Single(await RoundAsync(vault)).Now);
        int checks = vault.Checks;

        vault.Check = (_, _) => Passed;
        for (int day = 0; day < 10; day++)
        {
            vault.Time.Advance(s_day);
            Assert.Empty(await RoundAsync(vault));
        }

        Assert.Equal(checks, vault.Checks);
        Account off = await AppAsync(vault);
        Assert.Equal((new AccountHealth(HealthState.Rejected, then), "The password is wrong."), (off.Health, off.LastCheckError));
        Assert.Equal(["db/app"], Ok(await vault.Product.Accounts.ListAsync(Local, "health=rejected", new PageRequest(), Ct)).Items.Select(account => account.Reference.ToString()));
        Assert.Contains(Ok(await vault.Product.Doctor.ExamineAsync(Local, Ct)), finding => finding.Message.Contains("do not let these accounts in", StringComparison.Ordinal));

        Assert.True(Ok(await vault.Product.Accounts.CheckAsync(Local, s_app, null, Ct)).Passed);
        Assert.Equal(new AccountHealth(HealthState.Healthy, vault.Time.GetUtcNow()), (await AppAsync(vault)).Health);
        vault.Time.Advance(s_day);
        Assert.Single(await RoundAsync(vault));
    }

    [Fact]
    public async Task Target_that_cannot_be_reached_is_tried_again_the_next_day_and_since_when_stays()
    {
        await using TestVault vault = await WithAppAsync();
        vault.Check = (_, _) => Unreachable;
        vault.Time.Advance(s_day);
        DateTimeOffset then = vault.Time.GetUtcNow();
        for (int day = 0; day < 3; day++)
        {
            Assert.Equal(HealthState.Unreachable, Assert.Single(await RoundAsync(vault)).Now);
            vault.Time.Advance(s_day);
        }

        Assert.Equal(new AccountHealth(HealthState.Unreachable, then), (await AppAsync(vault)).Health);
        vault.Check = (_, _) => Passed;
        Assert.Equal(HealthState.Healthy, Assert.Single(await RoundAsync(vault)).Now);
        Page<AuditRow> rows = Ok(await vault.Product.Audit.ListAsync(Local, "action=account.health", new PageRequest(), Ct));
        Assert.Equal(2, rows.Total);
        Assert.Contains("health=unreachable was=healthy", rows.Items[1].Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_host_or_credential_and_an_account_never_checked_wait_for_a_person()
    {
        await using TestVault vault = await WithAppAsync();
        await vault.AddAccountAsync("db/never", username: "never");
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new ResourceChange { Host = "elsewhere.example" }, Ct));
        Assert.Equal(new AccountHealth(HealthState.Unknown, vault.Time.GetUtcNow()), (await AppAsync(vault)).Health);
        vault.Time.Advance(2 * s_day);
        Assert.Empty(await RoundAsync(vault));

        Assert.True(Ok(await vault.Product.Accounts.CheckAsync(Local, s_app, null, Ct)).Passed);
        vault.Time.Advance(s_day);
        Assert.Equal("db/app", Assert.Single(await RoundAsync(vault)).Account.ToString());

        using (NewCredential other = Password("another password"))
        {
            Ok(await vault.Product.Accounts.EditAsync(Local, s_app, new AccountChange { Credential = other }, CheckMode.Unverified, null, Ct));
        }

        vault.Time.Advance(2 * s_day);
        Assert.Empty(await RoundAsync(vault));
    }

    [Fact]
    public async Task Host_key_or_CA_that_is_added_or_removed_pauses_the_accounts_until_a_check_has_passed_and_one_the_host_offered_does_not()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db");
        await AddAsync(vault, "db/app", "app");
        SeenHostKey key = new("ssh-ed25519", "SHA256:" + new string('A', 43));
        SeenHostKey offered = new("ssh-ed25519", "SHA256:" + new string('B', 43));
        Core.Resources.Resources resources = vault.Product.Resources;

        await PausedByAsync(resources.PinHostKeyAsync(Local, "db", key, "option", Ct));
        await PausedByAsync(resources.PinHostAuthorityAsync(Local, "db", new HostAuthority(Key, "option"), Ct));
        await PausedByAsync(resources.RemoveHostKeyAsync(Local, "db", key.Fingerprint, Ct));

        Assert.Equal(1, await resources.NoteOfferedHostKeysAsync("db", [offered], Ct));
        Ok(await resources.AcceptOfferedHostKeyAsync(Local, "db", offered.Fingerprint, Ct));
        vault.Time.Advance(s_day);
        Assert.Single(await RoundAsync(vault));

        async Task PausedByAsync(Task<Result<Resource>> change)
        {
            Ok(await change);
            Assert.Equal(HealthState.Unknown, (await AppAsync(vault)).Health.State);
            vault.Time.Advance(2 * s_day);
            Assert.Empty(await RoundAsync(vault));
            Assert.True(Ok(await vault.Product.Accounts.CheckAsync(Local, s_app, null, Ct)).Passed);
            vault.Time.Advance(s_day);
            Assert.Single(await RoundAsync(vault));
        }
    }

    [Fact]
    public async Task Check_that_was_under_way_when_the_pins_changed_counts_for_nothing()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db");
        await AddAsync(vault, "db/app", "app");
        vault.Check = (_, _) =>
        {
            Ok(vault.Product.Resources.PinHostKeyAsync(Local, "db", new SeenHostKey("ssh-ed25519", "SHA256:" + new string('A', 43)), "option", Ct).GetAwaiter().GetResult());
            return Passed;
        };
        vault.Time.Advance(s_day);

        Assert.Empty(await RoundAsync(vault));

        Assert.Equal((HealthState.Unknown, CheckState.Unverified), ((await AppAsync(vault)).Health.State, (await AppAsync(vault)).CheckState));
    }

    [Fact]
    public async Task Two_gateways_sign_in_once_for_each_account()
    {
        await using TestVault vault = await WithAccountsAsync(30);
        Product other = await vault.AnotherAsync();
        int checks = vault.Checks;
        vault.Time.Advance(s_day);

        IReadOnlyList<HealthOutcome>[] rounds = await Task.WhenAll(RoundAsync(vault.Product), RoundAsync(other), RoundAsync(vault.Product), RoundAsync(other));

        Assert.Equal(30, rounds.Sum(round => round.Count));
        Assert.Equal(30, vault.Checks - checks);
        Assert.Empty(await RoundAsync(vault));
    }

    [Theory]
    [InlineData(CheckStage.Resolve, CheckCause.HostUnknown, HealthState.Unreachable)]
    [InlineData(CheckStage.Connect, CheckCause.TimedOut, HealthState.Unreachable)]
    [InlineData(CheckStage.Identity, CheckCause.HostKeyDiffers, HealthState.Unreachable)]
    [InlineData(CheckStage.Identity, CheckCause.TlsUntrusted, HealthState.Unreachable)]
    [InlineData(CheckStage.SignIn, CheckCause.ConnectionLost, HealthState.Unreachable)]
    [InlineData(CheckStage.SignIn, CheckCause.WrongPassword, HealthState.Rejected)]
    [InlineData(CheckStage.SignIn, CheckCause.KeyNotAccepted, HealthState.Rejected)]
    [InlineData(CheckStage.SignIn, CheckCause.AccountLocked, HealthState.Rejected)]
    [InlineData(CheckStage.SignIn, CheckCause.PasswordExpired, HealthState.Rejected)]
    public void Only_an_answer_of_the_target_to_the_credential_is_a_rejection(CheckStage stage, CheckCause cause, HealthState health) =>
        Assert.Equal(health, AccountHealth.Of(new CheckReport(new CheckFailure(stage, cause, ""), null, TimeSpan.Zero)));

    private static async Task<TestVault> WithAppAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db", kind: ResourceKind.PostgreSql);
        await AddAsync(vault, "db/app", "app");
        return vault;
    }

    private static async Task<TestVault> WithAccountsAsync(int count)
    {
        TestVault vault = await TestVault.OpenAsync();
        foreach (string resource in (string[])["db", "web"])
        {
            await vault.AddResourceAsync(resource, kind: ResourceKind.PostgreSql);
        }

        for (int i = 0; i < count; i++)
        {
            await AddAsync(vault, (i % 2 == 0 ? "web" : "db") + "/app" + i, "app" + i);
        }

        return vault;
    }

    private static async Task AddAsync(TestVault vault, string reference, string username)
    {
        using NewCredential credential = Password("a password");
        Assert.NotNull(Ok(await vault.Product.Accounts.AddAsync(Local, Draft(reference, credential, username: username), CheckMode.Check, null, Ct)).Account);
    }

    private static Task<IReadOnlyList<HealthOutcome>> RoundAsync(TestVault vault) => RoundAsync(vault.Product);

    private static Task<IReadOnlyList<HealthOutcome>> RoundAsync(Product product) => product.HealthRounds.RunAsync(s_day, 4, null, Ct);

    private static async Task<Account> AppAsync(TestVault vault) => Ok(await vault.Product.Accounts.FindAsync(Local, s_app, Ct));
}
