using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>Passwords of Linux users: passwd by the user, chpasswd by a rotation account.</summary>
public sealed class LinuxPasswordRotationTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    /// <summary>F3: what other products pasted into commands. No name begins with # or -: the system's own lookup skips such lines.</summary>
    public static TheoryData<string> HostileNames { get; } =
        ["\"; DROP", "$(id)", "x-oProxyCommand=x", "%s%n{{7*7}}", "back\\slash", "tick`'", "söme-Ωne 🔐"];

    public static TheoryData<string> HostilePasswords { get; } =
    [
        "\"; DROP TABLE x; --", "$(id)", "-oProxyCommand=x", "%s%n", "'\"`\\ !!", "pässwörd-日本語-🔐", new string('x', 127) + "é", " leading and trailing ",
        "every key of control \u0001\u0003\u0004\u0008\u000d\u0011\u0013\u0015\u0016\u0017\u001a\u001b\u001c\u007f of a terminal", "New password: ",
    ];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task F3_User_of_any_name_is_rotated_by_itself_and_by_the_rotation_account_and_no_other_is_touched(string name)
    {
        await using TestUser user = await TestUser.MakeAsync(prefix: name);
        await using TestUser bystander = await TestUser.MakeAsync(prefix: name);
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await WithUserAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);

        Promoted(await vault.RotateAsync("db/app", byItself: true));
        await vault.SignsInAsync("db/app");
        string first = await vault.PasswordAsync("db/app");
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");

        Assert.NotEqual(first, await vault.PasswordAsync("db/app"));
        (await Target.CheckAsync(vault.Target, user.Name, first)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        (await Target.CheckAsync(vault.Target, bystander.Name, bystander.Password)).Passed();
        await vault.SignsInAsync("db/rotator");
    }

    [Theory]
    [MemberData(nameof(HostilePasswords))]
    public async Task F3_Any_password_is_typed_as_it_is_and_put_back_when_the_new_one_is_refused(string password)
    {
        await using TestUser user = await TestUser.MakeAsync(password);
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await WithUserAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);

        // The target takes the change; what it then has is not what the vault means to have.
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Verified, State: StageState.Running })
            {
                user.SetPasswordAsync("somebody else's").GetAwaiter().GetResult();
                vault.OnStep = null;
            }
        };
        RotationRecord back = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, back.State);
        Assert.Contains("the old one is back", back.Error, StringComparison.Ordinal);
        Assert.Equal(password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
        Promoted(await vault.RotateAsync("db/app", byItself: true));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task F3_Line_feed_in_the_old_password_is_refused_before_anything_is_typed()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, "two\nlines");

        Assert.Contains("line feed", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);

        // A password in the vault that is not the target's is what a rotation account mends.
        await LinuxTarget.RotatedByAsync(vault, rotator);
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("/bin/bash")]
    public async Task Shell_of_the_user_does_not_matter(string shell)
    {
        await using TestUser user = await TestUser.MakeAsync(shell: shell);
        await using RotationVault vault = await WithUserAsync(user);

        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Root_itself_is_a_rotation_account_without_sudo()
    {
        // Another name for the user 0, so that this machine's root keeps its password.
        await using TestUser root = await TestUser.MakeAsync(isRoot: true);
        await using TestUser user = await TestUser.MakeAsync();
        await using RotationVault vault = await WithUserAsync(user);
        await LinuxTarget.RotatedByAsync(vault, root);

        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");

        // passwd does not ask root for the old one, and must not take the first name of the user 0 for this one.
        string first = await File.ReadAllTextAsync("/etc/shadow", Ct);
        Promoted(await vault.RotateAsync("db/rotator", byItself: true));
        await vault.SignsInAsync("db/rotator");
        Assert.Equal(OfRoot(first), OfRoot(await File.ReadAllTextAsync("/etc/shadow", Ct)));

        static string OfRoot(string shadow) => shadow.Split('\n').First(line => line.StartsWith("root:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dry_run_tells_the_way_tests_it_and_changes_nothing()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await WithUserAsync(user);

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
        await using RotationVault vault = await WithUserAsync(user);
        await LinuxTarget.RotatedByAsync(vault, powerless);

        Assert.Contains("sudo", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        powerless.AllowSudo(LinuxTarget.Chpasswd);
        await vault.AddAsync("db/nobody", "pamtui-no-such-user", "x");
        Assert.Contains("There is no user 'pamtui-no-such-user'", Failed(await vault.RotateAsync("db/nobody")), StringComparison.Ordinal);

        Promoted(await vault.RotateAsync("db/app"));
    }

    [Fact]
    public async Task Password_that_may_not_change_yet_is_told_so_and_stays()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await user.MinimumAgeAsync(7);
        await using RotationVault vault = await WithUserAsync(user);

        Assert.Contains("so soon", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);

        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Password_that_has_expired_is_told_so_and_changed_by_the_rotation_account()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await WithUserAsync(user);
        await user.MustChangePasswordAsync();

        Assert.Contains("expired", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData("/usr/sbin/nologin")]
    [InlineData("/bin/false")]
    [InlineData("/bin/cat")]
    public async Task User_without_a_shell_keeps_the_password(string shell)
    {
        await using TestUser user = await TestUser.MakeAsync(shell: shell);
        await using RotationVault vault = await WithUserAsync(user);

        Failed(await vault.RotateAsync("db/app"));

        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        Assert.Equal(CheckStage.Probe, (await Target.CheckAsync(vault.Target, user.Name, user.Password)).Report.Failure?.Stage ?? CheckStage.Probe);
    }

    [Fact]
    public async Task Wrong_credential_in_the_vault_fails_by_itself_and_is_mended_by_the_rotation_account()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, "not this one");

        Assert.Contains("does not accept the password", Failed(await vault.RotateAsync("db/app")), StringComparison.Ordinal);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D6_No_process_of_the_target_and_no_line_of_its_log_shows_a_password(bool byItself)
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await RotatorAsync();
        await using RotationVault vault = await WithUserAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        Sshd sshd = await target.SshdAsync();
        using CancellationTokenSource over = new();

        Task<string> watching = Processes.WatchAsync(over.Token);
        Promoted(await vault.RotateAsync("db/app", byItself));
        await over.CancelAsync();
        string seen = await watching + sshd.Log;

        Assert.Contains(byItself ? "passwd" : "chpasswd", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Password, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(rotator.Password, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(await vault.PasswordAsync("db/app"), seen, StringComparison.Ordinal);
    }

    private static Task<TestUser> RotatorAsync() => RotatorAsync(LinuxTarget.Chpasswd);

    private static async Task<TestUser> RotatorAsync(string sudo)
    {
        TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(sudo);
        return rotator;
    }

    private async Task<RotationVault> WithUserAsync(TestUser user)
    {
        RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, user.Password);
        return vault;
    }

    private static void Promoted(Result<RotationRecord> row) => Assert.True(Ok(row).State == RotationState.Promoted, $"{row.Value.State}: {row.Value.Error}");

    private static string Failed(Result<RotationRecord> row)
    {
        Assert.Equal((RotationState.Failed, null), (Ok(row).State, row.Value.Applied));
        return row.Value.Error!;
    }
}
