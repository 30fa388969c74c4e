using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>Passwords of Linux users: passwd by the user, chpasswd by a rotation account.</summary>
public sealed class LinuxPasswordRotationTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    [Fact]
    public async Task F3_Line_feed_in_the_old_password_is_refused_before_anything_is_typed()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, "two\nlines");

        Assert.Contains("line feed", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);

        // A password in the vault that is not the target's is what a rotation account mends.
        await LinuxTarget.RotatedByAsync(vault, rotator);
        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("/bin/bash")]
    public async Task Shell_of_the_user_does_not_matter(string shell)
    {
        await using TestUser user = await TestUser.MakeAsync(shell: shell);
        await using RotationVault vault = await target.VaultAsync(user);

        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Root_itself_is_a_rotation_account_without_sudo()
    {
        // Another name for the user 0, so that this machine's root keeps its password.
        await using TestUser root = await TestUser.MakeAsync(isRoot: true);
        await using TestUser user = await TestUser.MakeAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, root);

        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");

        // passwd does not ask root for the old one, and must not take the first name of the user 0 for this one.
        string first = await File.ReadAllTextAsync("/etc/shadow", Ct);
        LinuxTarget.Promoted(await vault.RotateAsync("db/rotator", byItself: true));
        await vault.SignsInAsync("db/rotator");
        Assert.Equal(OfRoot(first), OfRoot(await File.ReadAllTextAsync("/etc/shadow", Ct)));

        static string OfRoot(string shadow) => shadow.Split('\n').First(line => line.StartsWith("root:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dry_run_tells_the_way_tests_it_and_changes_nothing()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);

        RotationPlan alone = Ok(await vault.Product.Rotations.PlanAsync(Local, new AccountRef("db", "app"), false, null, Ct));
        await LinuxTarget.RotatedByAsync(vault, rotator);
        RotationPlan by = Ok(await vault.Product.Rotations.PlanAsync(Local, new AccountRef("db", "app"), false, null, Ct));

        Assert.True(alone.Test!.Passed, alone.Test.Failure?.Message);
        Assert.True(by.Test!.Passed, by.Test.Failure?.Message);
        Assert.Equal((RotationWay.ByItself, RotationWay.ByRotationAccount), (alone.Way, by.Way));
        (await Target.CheckAsync(vault.Target, user.Name, user.Password)).Passed();
    }

    [Fact]
    public async Task Rotation_account_that_may_not_is_found_out_before_anything_is_changed()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser powerless = await TestUser.MakeAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, powerless);

        Assert.Contains("sudo", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        powerless.AllowSudo(LinuxTarget.Chpasswd);
        await vault.AddAsync("db/nobody", "pamtui-no-such-user", "x");
        Assert.Contains("There is no user 'pamtui-no-such-user'", Failed(await vault.RotateAsync("db/nobody")), StringComparison.Ordinal);

        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
    }

    [Fact]
    public async Task Password_that_may_not_change_yet_is_told_so_and_stays()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await user.MinimumAgeAsync(7);
        await using RotationVault vault = await target.VaultAsync(user);

        Assert.Contains("so soon", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);

        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Password_that_has_expired_is_told_so_and_changed_by_the_rotation_account()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await user.MustChangePasswordAsync();

        Assert.Contains("expired", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData("/usr/sbin/nologin")]
    [InlineData("/bin/false")]
    [InlineData("/bin/cat")]
    public async Task User_without_a_shell_keeps_the_password(string shell)
    {
        await using TestUser user = await TestUser.MakeAsync(shell: shell);
        await using RotationVault vault = await target.VaultAsync(user);

        Failed(await vault.RotateAsync("db/app"));

        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        Assert.Equal(CheckStage.Probe, (await Target.CheckAsync(vault.Target, user.Name, user.Password)).Report.Failure?.Stage ?? CheckStage.Probe);
    }

    [Fact]
    public async Task Wrong_credential_in_the_vault_fails_by_itself_and_is_mended_by_the_rotation_account()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, "not this one");

        Assert.Contains("does not accept the password", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D6_No_process_of_the_target_and_no_line_of_its_log_shows_a_password(bool byItself)
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        Sshd sshd = await target.SshdAsync();
        using CancellationTokenSource over = new();

        Task<string> watching = Processes.WatchAsync(over.Token);
        LinuxTarget.Promoted(await vault.RotateAsync("db/app", byItself));
        await over.CancelAsync();
        string seen = await watching + sshd.Log;

        Assert.Contains(byItself ? "passwd" : "chpasswd", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Password, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(rotator.Password, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(await vault.PasswordAsync("db/app"), seen, StringComparison.Ordinal);
    }

    private static string Failed(Result<RotationRecord> row)
    {
        Assert.Equal((RotationState.Failed, null), (Ok(row).State, row.Value.Applied));
        return row.Value.Error!;
    }
}
