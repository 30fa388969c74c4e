using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>Sign-ins with a password, through PAM, as throw-away users of this machine.</summary>
public sealed class LinuxPasswordCheckTests
{
    private static readonly string[] s_interactiveOnly = ["PasswordAuthentication no", "KbdInteractiveAuthentication yes"];
    private static readonly string[] s_passwordOnly = ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"];

    [Fact]
    public async Task Password_signs_in_by_both_ways_of_asking_and_a_wrong_one_does_not()
    {
        await using TestUser user = await TestUser.MakeAsync();
        foreach (string[] config in (string[][])[s_passwordOnly, s_interactiveOnly])
        {
            await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: config, UsePam: true));
            Resource resource = Target.Linux(sshd, pinned: sshd.HostKey);

            (await Target.CheckAsync(resource, user.Name, user.Password)).Passed();
            (await Target.CheckAsync(resource, user.Name, "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
            (await Target.CheckAsync(resource, "no-such-user", "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        }
    }

    [Fact]
    public async Task D5_wrong_password_goes_out_once_although_the_server_takes_it_in_two_ways()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["PasswordAuthentication yes", "KbdInteractiveAuthentication yes"], UsePam: true));

        (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);

        await sshd.LineAsync("Connection closed by");
        Assert.Single(sshd.Log.Split('\n'), line => line.StartsWith("Failed ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task F3_password_of_every_printable_and_many_other_characters_signs_in()
    {
        string ascii = string.Concat(Enumerable.Range(0x20, 0x5f).Select(c => (char)c));
        foreach (string password in (string[])[ascii, "$(id);'\"\\ {{7*7}} %s%n", " leading and trailing ", "pässwörd-日本語-🔐-\u00a0-\u200d", "-oProxyCommand=x"])
        {
            await using TestUser user = await TestUser.MakeAsync(password);
            await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(UsePam: true));

            (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, password)).Passed();
        }
    }

    [Fact]
    public async Task Expired_account_is_told_from_a_wrong_password()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await user.ExpireAccountAsync();
        foreach (string[] config in (string[][])[s_passwordOnly, s_interactiveOnly])
        {
            await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: config, UsePam: true));

            (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password)).Failed(CheckStage.SignIn, CheckCause.AccountExpired);
        }
    }

    [Fact]
    public async Task Password_that_must_be_changed_is_said_and_not_changed()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await user.MustChangePasswordAsync();
        foreach (string[] config in (string[][])[s_passwordOnly, s_interactiveOnly])
        {
            await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: config, UsePam: true));

            Checked check = await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password);

            Assert.True(check.Report.Failure?.Cause == CheckCause.PasswordExpired, check + "\n" + sshd.Log);
            Assert.DoesNotContain("canary", check.ToString(), StringComparison.Ordinal);
        }

        string shadow = (await Run.ProgramAsync("chage", "-l", user.Name)).Succeeded().Text;
        Assert.Contains("password must be changed", shadow, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locked_account_with_its_right_password_is_not_let_in()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await user.LockAsync();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(UsePam: true));

        // From outside PAM's answer is the one to a wrong password; the sentence says so.
        Checked check = (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        Assert.Contains("locked", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_without_a_shell_signs_in_and_fails_the_probe()
    {
        await using TestUser user = await TestUser.MakeAsync(shell: "/usr/sbin/nologin");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(UsePam: true));

        Checked check = (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password)).Failed(CheckStage.Probe, CheckCause.ProbeFailed);

        Assert.Contains("not available", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_takes_no_passwords_is_told_from_a_wrong_password()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["PasswordAuthentication no", "KbdInteractiveAuthentication no"], UsePam: true));

        (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password)).Failed(CheckStage.SignIn, CheckCause.NotPermitted);
    }

    [Fact]
    public async Task Server_that_wants_more_than_the_password_is_told_from_a_wrong_one()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["AuthenticationMethods password,publickey"], UsePam: true));

        Checked check = (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), user.Name, user.Password)).Failed(CheckStage.SignIn, CheckCause.NotPermitted);

        Assert.Contains("asks for more", check.Message, StringComparison.Ordinal);
    }
}
