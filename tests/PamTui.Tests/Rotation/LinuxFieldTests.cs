using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>Linux servers as they are in the field: with rules for passwords, with a history of them, small ones, ones with SELinux.</summary>
public sealed class LinuxFieldTests
{
    private const string Other = "# other lines\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDd7hXkGZ0dGQZ0000000000000000000000000000000000 somebody\n";
    private const string ThenUnix = "required pam_unix.so use_authtok try_first_pass yescrypt";

    [Theory]
    [InlineData(true, "retry=3 minlen=48 dictcheck=0", "shorter than 48")]
    [InlineData(true, "retry=1 minlen=48 dictcheck=0", "shorter than 48")]
    [InlineData(false, "retry=3 minlen=48 enforce_for_root dictcheck=0", "shorter than 48")]
    public async Task Rules_that_refuse_the_new_password_are_said_with_what_to_do_and_the_old_one_stays(bool byItself, string rules, string words)
    {
        Tools.NeedPamModule("pam_pwquality");
        await using LinuxTarget target = new(["requisite pam_pwquality.so " + rules, ThenUnix], null);
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);

        RotationRecord row = Ok(await vault.RotateAsync("db/app", byItself));

        Assert.Equal(RotationState.Failed, row.State);
        Assert.Contains("The password rules of 127.0.0.1", row.Error, StringComparison.Ordinal);
        Assert.Contains(words, row.Error, StringComparison.Ordinal);
        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");

        // As the sentence says.
        Ok(await vault.Product.Accounts.EditAsync(Local, new AccountRef("db", "app"), new AccountChange { Passwords = new PasswordChange(64, null, null) }, CheckMode.Check, null, Ct));
        LinuxTarget.Promoted(await vault.RotateAsync("db/app", byItself));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Password_that_is_too_like_the_old_one_is_said_and_the_old_one_stays()
    {
        Tools.NeedPamModule("pam_pwquality");

        // More than a password has: every one is too like the one before.
        await using LinuxTarget target = new(["requisite pam_pwquality.so retry=1 difok=33 dictcheck=0", ThenUnix], null);
        await using TestUser user = await TestUser.MakeAsync();
        await using RotationVault vault = await target.VaultAsync(user);

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, row.State);
        Assert.Contains("too similar to the old one", row.Error, StringComparison.Ordinal);
        Assert.Equal(user.Password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task History_that_lets_the_old_password_not_come_back_leaves_both_for_a_person()
    {
        // The history is a file of the machine's, so that the test has a copy of its folder.
        using TempFolder security = new(readableByAll: true);
        (await Run.ProgramAsync("cp", "-a", "/etc/security/.", security.Path)).Succeeded();
        await using LinuxTarget target = new(["required pam_pwhistory.so remember=5 enforce_for_root", ThenUnix], [(security.Path, "/etc/security")]);
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);
        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        string before = await vault.PasswordAsync("db/app");
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Verified, State: StageState.Running })
            {
                user.SetPasswordAsync("somebody else's").GetAwaiter().GetResult();
                vault.OnStep = null;
            }
        };

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.NeedsAttention, row.State);
        Assert.Contains("The old one could not be put back: The password rules of", row.Error, StringComparison.Ordinal);
        Assert.Contains("already used", row.Error, StringComparison.Ordinal);
        Assert.Contains(user.Name, await File.ReadAllTextAsync(security.PathOf("opasswd"), Ct), StringComparison.Ordinal);

        // The person gives the old one back, past the rules.
        await user.SetPasswordAsync(before);
        Assert.True(Ok(await vault.Product.Rotations.ResolveAsync(Local, new AccountRef("db", "app"), false, false, Ct)).IsOver);
        Assert.Equal(before, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Key_is_replaced_both_ways_where_BusyBox_is_all_there_is()
    {
        using BusyBox programs = await BusyBox.MakeAsync();
        await using LinuxTarget target = new(null, programs.Mounts);
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "restrict ", Other, shell: "/bin/sh");
        await using TestUser rotator = await TestUser.MakeAsync(shell: "/bin/sh");
        await using TestUser root = await TestUser.MakeAsync(shell: "/bin/sh", isRoot: true);
        rotator.AllowSudo("ALL=(ALL) NOPASSWD: /bin/sh");
        (await Run.ProgramAsync("chmod", "640", user.File)).Succeeded();
        string server = (await target.SshdAsync()).ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("/usr/bin/busybox", (await Run.ProgramAsync("nsenter", "--target", server, "--mount", "/bin/readlink", "-f", "/bin/sh")).Succeeded().Text.Trim());

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await LinuxTarget.RotatedByAsync(user.Vault, rotator);
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await user.Vault.AddAsync("db/root", root.Name, root.Password);
        Ok(await user.Vault.Product.Resources.EditAsync(Local, "db", new Core.Resources.ResourceChange { RotationAccount = "root" }, Ct));
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        await user.Vault.SignsInAsync("db/app");
        Assert.Equal($"{Other}restrict {(await user.StoredAsync()).Line}\n", await user.ReadAsync());
        Assert.Equal("640 " + user.User.Name, await user.StatAsync());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(user.File)!));
    }

    [Fact]
    public async Task Context_of_SELinux_that_the_file_has_is_the_new_ones_too()
    {
        // This kernel may know nothing of SELinux: then root alone may set the attribute that it keeps the context in.
        const string Context = "system_u:object_r:ssh_home_t:s0";
        await using LinuxTarget target = new();
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other, isRoot: true);
        await PythonAsync("import os, sys; os.setxattr(sys.argv[1], 'security.selinux', sys.argv[2].encode() + b'\\0')", user.File, Context);

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        await user.Vault.SignsInAsync("db/app");
        Assert.Equal($"{Other}{(await user.StoredAsync()).Line}\n", await user.ReadAsync());
        Assert.Equal(Context, await PythonAsync("import os, sys; print(os.getxattr(sys.argv[1], 'security.selinux').rstrip(b'\\0').decode())", user.File));
    }

    private static async Task<string> PythonAsync(string program, params string[] arguments) => (await Run.ProgramAsync("python3", ["-c", program, .. arguments])).Succeeded().Text.Trim();
}
