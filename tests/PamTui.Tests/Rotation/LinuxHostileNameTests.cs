using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>F3: names of Linux users that other products pasted into commands.</summary>
public sealed class LinuxHostileNameTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    /// <summary>None begins with # or -: the system's own lookup skips such lines.</summary>
    public static TheoryData<string> Names { get; } =
        ["\"; DROP", "$(id)", "x-oProxyCommand=x", "%s%n{{7*7}}", "back\\slash", "tick`'", "söme-Ωne 🔐"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task F3_User_of_any_name_is_rotated_by_itself_and_by_the_rotation_account_and_no_other_is_touched(string name)
    {
        await using TestUser user = await TestUser.MakeAsync(prefix: name);
        await using TestUser bystander = await TestUser.MakeAsync(prefix: name);
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
        await LinuxTarget.RotatedByAsync(vault, rotator);

        LinuxTarget.Promoted(await vault.RotateAsync("db/app", byItself: true));
        await vault.SignsInAsync("db/app");
        string first = await vault.PasswordAsync("db/app");
        LinuxTarget.Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");

        Assert.NotEqual(first, await vault.PasswordAsync("db/app"));
        (await Target.CheckAsync(vault.Target, user.Name, first)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        (await Target.CheckAsync(vault.Target, bystander.Name, bystander.Password)).Passed();
        await vault.SignsInAsync("db/rotator");
    }
}
