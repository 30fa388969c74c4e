using System.Globalization;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>F5: passwords and keys of Linux users outlive the program that is killed in the middle of their rotation.</summary>
public sealed class LinuxRotationCrashTests
{
    // Signing in to sshd takes longer than all the rest.
    private const int UsualRounds = 3;

    [Fact]
    public async Task F5_Rotation_of_a_Linux_password_that_is_killed_at_random_moments_loses_none()
    {
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(UsePam: true));
        await using TestUser app = await TestUser.MakeAsync(RotationKills.OldPassword);
        await using TestUser app2 = await TestUser.MakeAsync(RotationKills.OldPassword);
        await RotationKills.KillAndMendAsync(4713, UsualRounds, async vault =>
        {
            await AddServerAsync(vault, sshd);
            await RotationKills.AddPasswordAsync(vault, "app", app.Name);
            await RotationKills.AddPasswordAsync(vault, "app2", app2.Name);
        });
    }

    [Fact]
    public async Task F5_Rotation_of_a_Linux_key_that_is_killed_at_random_moments_loses_none_and_leaves_one_line()
    {
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["AuthorizedKeysFile .ssh/authorized_keys"], UsePam: true));
        await using TestUser app = await TestUser.MakeAsync();
        await using TestUser app2 = await TestUser.MakeAsync();
        await RotationKills.KillAndMendAsync(4714, UsualRounds, async vault =>
        {
            await AddServerAsync(vault, sshd);
            await AddKeyAsync(vault, "app", app);
            await AddKeyAsync(vault, "app2", app2);
        });
        Assert.Single((await File.ReadAllLinesAsync(app.Home + "/.ssh/authorized_keys", TestContext.Current.CancellationToken)), line => line.Length > 0);
    }

    private static async Task AddServerAsync(Vault vault, Sshd sshd) => (await vault.HereAsync(
        "resource", "add", "db", "--kind", "linux", "--host", Sshd.Host, "--port", sshd.Port.ToString(CultureInfo.InvariantCulture), "--host-key", sshd.HostKey.Fingerprint)).Succeeded();

    // As a person does it who has the key made here.
    private static async Task AddKeyAsync(Vault vault, string name, TestUser user)
    {
        string line = (await vault.HereAsync("account", "add", "db/" + name, "--username", user.Name, "--generate-key")).Succeeded().Text;
        Directory.CreateDirectory(user.Home + "/.ssh");
        await File.WriteAllTextAsync(user.Home + "/.ssh/authorized_keys", line, TestContext.Current.CancellationToken);
        (await Run.ProgramAsync("chown", "-R", user.Name + ":", user.Home + "/.ssh")).Succeeded();
        (await vault.HereAsync("account", "check", "db/" + name)).Succeeded();
    }
}
