using PamTui.Servers;

namespace PamTui.Tests.Rotation;

/// <summary>F5: a password of a Linux user outlives the program and the network in the middle of its rotation.</summary>
public sealed class LinuxPasswordCrashTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    [Fact]
    public async Task F5_Program_that_dies_at_any_step_leaves_a_password_that_the_next_run_finds()
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using RotationVault vault = await target.VaultAsync();
        await vault.AddAsync("db/app", user.Name, user.Password);

        await LinuxCrashes.DieAtEachStepAsync(vault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F5_Network_that_is_cut_leaves_a_password_that_the_next_run_finds(bool byItself)
    {
        await using TestUser user = await TestUser.MakeAsync();
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(LinuxTarget.Chpasswd);
        await using TargetLink link = new((await target.SshdAsync()).Port);
        await using RotationVault vault = await target.VaultAsync(link.Port);
        await vault.AddAsync("db/app", user.Name, user.Password);
        if (!byItself)
        {
            await LinuxTarget.RotatedByAsync(vault, rotator);
        }

        await LinuxCrashes.CutAsync(vault, link);
    }
}
