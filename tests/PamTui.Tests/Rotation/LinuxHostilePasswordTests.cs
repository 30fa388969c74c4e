using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>F3: passwords that a Linux user may have before it is rotated.</summary>
public sealed class LinuxHostilePasswordTests(LinuxTarget target) : IClassFixture<LinuxTarget>
{
    public static TheoryData<string> Passwords { get; } =
    [
        "\"; DROP TABLE x; --", "$(id)", "-oProxyCommand=x", "%s%n", "'\"`\\ !!", "pässwörd-日本語-🔐", new string('x', 127) + "é", " leading and trailing ",
        "every key of control \u0001\u0003\u0004\u0008\u000d\u0011\u0013\u0015\u0016\u0017\u001a\u001b\u001c\u007f of a terminal", "New password: ",
    ];

    [Theory]
    [MemberData(nameof(Passwords))]
    public async Task F3_Any_password_is_typed_as_it_is_and_put_back_when_the_new_one_is_refused(string password)
    {
        await using TestUser user = await TestUser.MakeAsync(password);
        await using TestUser rotator = await LinuxTarget.RotatorAsync();
        await using RotationVault vault = await target.VaultAsync(user);
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
        LinuxTarget.Promoted(await vault.RotateAsync("db/app", byItself: true));
        await vault.SignsInAsync("db/app");
    }
}
