using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>F5: what may happen to the program and to the network while db/app is rotated, and what must hold afterwards.</summary>
internal static class LinuxCrashes
{
    // A rotation takes seconds: each cut is at another place of the conversation all the same.
    private const int UsualCuts = 10;

    public static async Task DieAtEachStepAsync(RotationVault vault)
    {
        foreach (StageState when in (StageState[])[StageState.Running, StageState.Passed])
        {
            foreach (RotationState step in (RotationState[])[RotationState.Planned, RotationState.Staged, RotationState.Applied, RotationState.Verified, RotationState.Promoted])
            {
                string before = await vault.PasswordAsync("db/app");
                vault.OnStep = seen =>
                {
                    if (seen.Step == step && seen.State == when)
                    {
                        throw new CrashException();
                    }
                };
                await Assert.ThrowsAsync<CrashException>(() => vault.RotateAsync("db/app"));
                vault.OnStep = null;
                await vault.RestartAsync();

                if ((await vault.AccountAsync("db/app")).Rotation.IsUnfinished)
                {
                    Assert.Equal(before, await vault.PasswordAsync("db/app"));
                    RotationRecord row = Ok(await vault.RotateAsync("db/app"));
                    Assert.True(row.State == RotationState.Promoted, $"{step} {when}: {row.State}: {row.Error}");
                }

                Assert.NotEqual(before, await vault.PasswordAsync("db/app"));
                await vault.SignsInAsync("db/app");
            }
        }

        Assert.True(Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
    }

    public static async Task CutAsync(RotationVault vault, TargetLink link)
    {
        link.CutAfter(int.MaxValue);
        Assert.Equal(RotationState.Promoted, Ok(await vault.RotateAsync("db/app")).State);
        int pieces = link.Seen;
        int cuts = Rounds.Or(UsualCuts);
        for (int cut = 1; cut <= cuts; cut++)
        {
            link.CutAfter(pieces * cut / (cuts + 1));
            Result<RotationRecord> row = await vault.RotateAsync("db/app");
            link.CutAfter(int.MaxValue);
            Assert.True(row.IsOk, row.Refusal?.Message);
            Assert.NotEqual(RotationState.NeedsAttention, row.Value.State);
            if (!row.Value.IsOver)
            {
                Assert.Equal(RotationState.Promoted, Ok(await vault.RotateAsync("db/app")).State);
            }

            await vault.SignsInAsync("db/app");
        }
    }

    private sealed class CrashException : Exception;
}
