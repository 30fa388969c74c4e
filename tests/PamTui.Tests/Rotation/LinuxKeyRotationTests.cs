using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>Keys of Linux users: in the user's own authorized_keys, by the user or by a rotation account that works as the user.</summary>
public sealed class LinuxKeyRotationTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    private const string AnyUser = "ALL=(ALL) NOPASSWD: /bin/sh";
    private const string Other = "# other lines\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDd7hXkGZ0dGQZ0000000000000000000000000000000000 somebody\n";

    /// <summary>How the other one's file looks before the rotation, what it must keep.</summary>
    public static TheoryData<string> Options { get; } = ["", "restrict,pty ", "from=\"127.0.0.0/8\",environment=\"A=$(id) 'b'\" "];

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Key_is_replaced_both_ways_and_all_else_of_the_file_stays(string options)
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, options, Other);
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(AnyUser);
        (await Run.ProgramAsync("chmod", "640", user.File)).Succeeded();
        string stat = await user.StatAsync();
        await user.Vault.AddAsync("db/same", user.User.Name, "whatever");

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await user.Vault.SignsInAsync("db/app");
        Assert.Equal(0, Ok(await user.Vault.Product.Audit.ListAsync(Local, "action=account.edit target=db/same", new PageRequest(), Ct)).Total);
        PublicKey first = await user.StoredAsync();
        Assert.Equal($"{Other}{options}{first.Line}\n", await user.ReadAsync());
        (await Target.CheckKeyAsync(user.Vault.Target, user.User.Name, user.Key.PrivateBytes)).Failed(CheckStage.SignIn, CheckCause.KeyNotAccepted);

        await LinuxTarget.RotatedByAsync(user.Vault, rotator);
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await user.Vault.SignsInAsync("db/app");
        PublicKey second = await user.StoredAsync();
        Assert.NotEqual(first.Base64, second.Base64);
        Assert.StartsWith("pamtui db/app 2026-", second.Comment, StringComparison.Ordinal);
        Assert.Equal($"{Other}{options}{second.Line}\n", await user.ReadAsync());
        Assert.Equal(stat, await user.StatAsync());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(user.File)!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_in_the_second_file_that_sshd_reads_is_replaced_there_and_the_first_is_left_alone(bool hasFirst)
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(AnyUser);
        string second = user.File + "2";
        File.Move(user.File, second);
        if (hasFirst)
        {
            await File.WriteAllTextAsync(user.File, Other, Ct);
            (await Run.ProgramAsync("chown", user.User.Name + ":", user.File)).Succeeded();
        }

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await LinuxTarget.RotatedByAsync(user.Vault, rotator);
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        await user.Vault.SignsInAsync("db/app");
        Assert.Equal($"{Other}{(await user.StoredAsync()).Line}\n", await File.ReadAllTextAsync(second, Ct));
        Assert.Equal(hasFirst ? Other : null, File.Exists(user.File) ? await File.ReadAllTextAsync(user.File, Ct) : null);
    }

    [Fact]
    public async Task Key_that_stands_in_both_files_is_replaced_in_the_first_and_gone_from_the_second()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", "");
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(AnyUser);
        string second = user.File + "2";
        foreach (bool byItself in (bool[])[true, false])
        {
            await File.WriteAllTextAsync(second, Other + (await user.StoredAsync()).Line + "\n", Ct);
            (await Run.ProgramAsync("chown", user.User.Name + ":", second)).Succeeded();
            if (!byItself)
            {
                await LinuxTarget.RotatedByAsync(user.Vault, rotator);
            }

            LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

            await user.Vault.SignsInAsync("db/app");
            Assert.Equal($"{(await user.StoredAsync()).Line}\n", await user.ReadAsync());
            Assert.Equal(Other, await File.ReadAllTextAsync(second, Ct));
        }
    }

    [Theory]
    [InlineData("\"; DROP")]
    [InlineData("$(id)")]
    [InlineData("back\\sl 'tick'")]
    [InlineData("söme-Ωne 🔐")]
    public async Task F3_User_of_any_name_is_rotated_both_ways(string name)
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other, name);
        await using TestUser root = await TestUser.MakeAsync(isRoot: true);

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));
        await LinuxTarget.RotatedByAsync(user.Vault, root);
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        await user.Vault.SignsInAsync("db/app");
        Assert.Equal($"{Other}{(await user.StoredAsync()).Line}\n", await user.ReadAsync());
    }

    [Fact]
    public async Task File_that_is_a_link_stays_one_and_what_it_leads_to_is_replaced()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        string real = user.User.Home + "/keys";
        File.Move(user.File, real);
        File.CreateSymbolicLink(user.File, real);

        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        Assert.Equal(real, new FileInfo(user.File).LinkTarget);
        Assert.Equal($"{Other}{(await user.StoredAsync()).Line}\n", await File.ReadAllTextAsync(real, Ct));
        await user.Vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Root_writes_nothing_where_a_hostile_user_leads_it()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        await using TestUser root = await TestUser.MakeAsync(isRoot: true);
        await LinuxTarget.RotatedByAsync(user.Vault, root);
        using TempFolder roots = new();
        string precious = roots.Write("precious", "of root");
        File.Delete(user.File);
        File.CreateSymbolicLink(user.File, precious);

        RotationRecord row = Ok(await user.Vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, row.State);
        Assert.Equal("of root", await File.ReadAllTextAsync(precious, Ct));
        Assert.Single(Directory.GetFiles(roots.Path));
    }

    [Fact]
    public async Task File_that_belongs_to_root_is_left_to_who_manages_it()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        (await Run.ProgramAsync("chown", "root", user.File)).Succeeded();
        (await Run.ProgramAsync("chmod", "644", user.File)).Succeeded();
        string before = await user.ReadAsync();

        RotationRecord row = Ok(await user.Vault.RotateAsync("db/app"));

        Assert.Contains("belongs to somebody else", row.Error, StringComparison.Ordinal);
        Assert.Equal(before, await user.ReadAsync());
        await user.Vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Keys_that_sshd_reads_from_elsewhere_are_told_of_before_and_after()
    {
        using TempFolder folder = new(readableByAll: true);
        SshKeyFile key = await SshKeyFile.MakeAsync(folder, "elsewhere");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], UsePam: true));
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(AnyUser);
        await using RotationVault vault = await RotationVault.OpenAsync(Target.Linux(sshd, pinned: sshd.HostKey), realTimers: true);
        await vault.AddKeyAsync("db/app", user.Name, key.PrivateBytes);

        RotationRecord alone = Ok(await vault.RotateAsync("db/app"));
        Assert.Equal((RotationState.Failed, null), (alone.State, alone.Staged));
        Assert.Contains("AuthorizedKeysFile", alone.Error, StringComparison.Ordinal);

        // The rotation account may be there to mend what does not sign in: it finds out afterwards, and takes its line back.
        await LinuxTarget.RotatedByAsync(vault, rotator);
        RotationRecord by = Ok(await vault.RotateAsync("db/app"));
        Assert.Equal(RotationState.Failed, by.State);
        Assert.Contains("AuthorizedKeysFile", by.Error, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(user.Home + "/.ssh/authorized_keys", Ct));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Lost_key_is_mended_by_the_rotation_account_also_where_there_is_no_file()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(AnyUser);
        Directory.Delete(Path.GetDirectoryName(user.File)!, recursive: true);

        Assert.Equal(RotationState.Failed, Ok(await user.Vault.RotateAsync("db/app")).State);
        await LinuxTarget.RotatedByAsync(user.Vault, rotator);
        LinuxTarget.Promoted(await user.Vault.RotateAsync("db/app"));

        await user.Vault.SignsInAsync("db/app");
        Assert.Equal("600 " + user.User.Name, await user.StatAsync());
    }

    [Fact]
    public async Task Rotation_account_that_may_not_work_as_the_user_is_found_out_before_anything_is_changed()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other);
        await using TestUser powerless = await TestUser.MakeAsync();
        await LinuxTarget.RotatedByAsync(user.Vault, powerless);
        string before = await user.ReadAsync();

        RotationRecord row = Ok(await user.Vault.RotateAsync("db/app"));

        Assert.Equal((RotationState.Failed, null), (row.State, row.Staged));
        Assert.Contains("sudoers", row.Error, StringComparison.Ordinal);
        Assert.Equal(before, await user.ReadAsync());
    }

    [Fact]
    public async Task F5_Program_that_dies_at_any_step_leaves_a_key_that_the_next_run_finds_and_one_line_in_the_end()
    {
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "restrict ", Other);
        await LinuxCrashes.DieAtEachStepAsync(user.Vault);

        Assert.Equal($"{Other}restrict {(await user.StoredAsync()).Line}\n", await user.ReadAsync());
    }

    [Fact]
    public async Task F5_Network_that_is_cut_leaves_a_key_that_the_next_run_finds_and_one_line_in_the_end()
    {
        Sshd sshd = await target.SshdAsync();
        await using TargetLink link = new(sshd.Port);
        await using LinuxKeyUser user = await LinuxKeyUser.MakeAsync(target, "", Other, port: link.Port);
        await LinuxCrashes.CutAsync(user.Vault, link);

        Assert.Equal($"{Other}{(await user.StoredAsync()).Line}\n", await user.ReadAsync());
    }
}
