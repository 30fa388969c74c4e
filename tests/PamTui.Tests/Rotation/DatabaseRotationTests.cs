using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>What holds of rotation on every database, by itself and by a rotation account.</summary>
public abstract class DatabaseRotationTests
{
    private protected const string OldPassword = "the old p'ss\"w\\rd %s $(id) `x`";

    /// <summary>F3: names that other products pasted into commands and statements.</summary>
    public static TheoryData<string> HostileNames { get; } =
    [
        "\"; DROP TABLE x; --", "'; DROP USER root; --", "$(id)", "-oProxyCommand=x", "%s%n{{7*7}}", "back\\slash", "tick`tick", "a@b@c", "söme-Ωne",
    ];

    /// <summary>F3: passwords that an account may have before it is rotated.</summary>
    public static TheoryData<string> HostilePasswords { get; } =
    [
        "\"; DROP TABLE x; --", "$(id)", "-oProxyCommand=x", "line\nfeed", "%s%n", "'\"`\\", "pässwörd-日本語-🔐", new string('x', 127) + "é", " leading and trailing ",
    ];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task F3_Account_of_any_name_is_rotated_by_itself_and_by_the_rotation_account_and_no_other_is_touched(string name)
    {
        string unique = Unique(name);
        await using RotationVault vault = await WithUserAsync(unique, OldPassword);
        await AddRotatorAsync(vault);
        string bystander = Unique("bystander");
        await AddUserAsync(bystander, OldPassword);

        Promoted(await vault.RotateAsync("db/app", byItself: true));
        await vault.SignsInAsync("db/app");
        string first = await vault.PasswordAsync("db/app");
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");

        Assert.NotEqual(first, await vault.PasswordAsync("db/app"));
        (await Target.CheckAsync(vault.Target, unique, first)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        (await Target.CheckAsync(vault.Target, bystander, OldPassword)).Passed();
        await vault.SignsInAsync("db/rotator");
    }

    [Theory]
    [MemberData(nameof(HostilePasswords))]
    public async Task F3_Any_password_is_rotated_away_and_put_back_when_the_new_one_is_refused(string password)
    {
        string user = Unique("keeper");
        await using RotationVault vault = await WithUserAsync(user, password);

        // The target takes the change; what it then has is not what the vault means to have.
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Verified, State: StageState.Running })
            {
                SpoilAsync(user).GetAwaiter().GetResult();
                vault.OnStep = null;
            }
        };
        RotationRecord back = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, back.State);
        Assert.Contains("the old one is back", back.Error, StringComparison.Ordinal);
        Assert.Equal(password, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Dry_run_tells_the_way_tests_it_and_changes_nothing()
    {
        string user = Unique("dry");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        await vault.AddAsync("db/twin", user, OldPassword);

        RotationPlan alone = Ok(await vault.Product.Rotations.PlanAsync(Local, new AccountRef("db", "app"), false, null, Ct));
        await AddRotatorAsync(vault);
        RotationPlan by = Ok(await vault.Product.Rotations.PlanAsync(Local, new AccountRef("db", "app"), false, null, Ct));

        Assert.Equal((RotationWay.ByItself, RotationWay.ByRotationAccount, "rotator"), (alone.Way, by.Way, by.By));
        Assert.True(alone.Test!.Passed, alone.Test.Failure?.Message);
        Assert.True(by.Test!.Passed, by.Test.Failure?.Message);
        Assert.Contains("'db/twin'", Assert.Single(alone.Warnings), StringComparison.Ordinal);
        Assert.Equal(32, alone.Example!.Length);
        Assert.Equal(OldPassword, await vault.PasswordAsync("db/app"));
        await vault.SignsInAsync("db/app");
        Assert.Empty(Ok(await vault.Product.Rotations.ListAsync(Local, new AccountRef("db", "app"), new PageRequest(), Ct)).Items);
    }

    [Fact]
    public async Task Rotation_account_without_the_right_is_found_out_before_anything_is_changed()
    {
        string user = Unique("weak");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        string powerless = Unique("powerless");
        await AddUserAsync(powerless, "pw of the powerless");
        await vault.AddAsync("db/rotator", powerless, "pw of the powerless");
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new ResourceChange { RotationAccount = "rotator" }, Ct));

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, row.State);
        Assert.Contains("rotation account", row.Error, StringComparison.Ordinal);
        Assert.Null(row.Staged);
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Rotation_account_rotates_itself_only_when_told_and_no_other_name_of_itself()
    {
        string user = Unique("plain");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        string rotator = await AddRotatorAsync(vault);
        await vault.AddAsync("db/same", rotator, "whatever");

        Assert.Contains("--by-itself", (await vault.RotateAsync("db/rotator")).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("the same user", (await vault.RotateAsync("db/same")).Refusal!.Message, StringComparison.Ordinal);
        Promoted(await vault.RotateAsync("db/rotator", byItself: true));
        await vault.SignsInAsync("db/rotator");
        Promoted(await vault.RotateAsync("db/app"));
        Assert.Equal(CheckState.Unverified, (await vault.AccountAsync("db/same")).CheckState);
    }

    [Fact]
    public async Task Wrong_credential_in_the_vault_fails_by_itself_and_is_mended_by_the_rotation_account()
    {
        string user = Unique("lost");
        await using RotationVault vault = await WithUserAsync(user, OldPassword, stored: "not this one");

        Assert.Equal(RotationState.Failed, Ok(await vault.RotateAsync("db/app")).State);
        await AddRotatorAsync(vault);
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task F5_Program_that_dies_at_any_step_leaves_a_credential_that_the_next_run_finds()
    {
        string user = Unique("mortal");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        await AddUserAsync(user + "x", OldPassword);
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
                    Promoted(await vault.RotateAsync("db/app"));
                }

                Assert.NotEqual(before, await vault.PasswordAsync("db/app"));
                await vault.SignsInAsync("db/app");
            }
        }

        (await Target.CheckAsync(vault.Target, user + "x", OldPassword)).Passed();
        Assert.True(Ok(await vault.Product.Audit.VerifyAsync(Local, null, Ct)).IsWhole);
    }

    [Fact]
    public async Task Interrupted_rotation_of_the_rotation_account_itself_is_taken_up_without_being_told_again()
    {
        await using RotationVault vault = await WithUserAsync(Unique("beside"), OldPassword);
        await AddRotatorAsync(vault);
        await DieAfterAsync(vault, "db/rotator", RotationState.Applied, byItself: true);
        await vault.RestartAsync();

        Assert.Equal(RotationState.Promoted, Assert.Single(Ok(await vault.Product.RotationRounds.RunAsync(Actor.System, 1, null, Ct))).Row?.State);
        await vault.SignsInAsync("db/rotator");
    }

    [Fact]
    public async Task F5_Account_that_another_process_holds_is_left_alone_until_an_admin_breaks_the_lease()
    {
        AccountRef app = new("db", "app");
        await using RotationVault vault = await WithUserAsync(Unique("held"), OldPassword);
        await DieAfterAsync(vault, "db/app", RotationState.Staged, byItself: false);

        Assert.Contains("is being rotated by", (await vault.RotateAsync("db/app")).Refusal!.Message, StringComparison.Ordinal);
        Assert.NotNull(Ok(await vault.Product.Rotations.LeaseAsync(Local, app, Ct)));
        Assert.Contains("'db/app' is being rotated", (await vault.Product.Accounts.RemoveAsync(Local, app, Ct)).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("'db/app' is being rotated", (await vault.Product.Resources.RemoveAsync(Local, "db", Ct)).Refusal!.Message, StringComparison.Ordinal);
        Ok(await vault.Product.Rotations.BreakLeaseAsync(Local, app, Ct));
        Assert.Null(Ok(await vault.Product.Rotations.LeaseAsync(Local, app, Ct)));
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task Check_beside_a_rotation_that_is_not_over_says_so_and_rejects_nothing()
    {
        AccountRef app = new("db", "app");
        await using RotationVault vault = await WithUserAsync(Unique("beside"), OldPassword);
        await vault.SignsInAsync("db/app");
        await DieAfterAsync(vault, "db/app", RotationState.Applied, byItself: false);

        CheckReport report = Ok(await vault.Product.Accounts.CheckAsync(Local, app, null, Ct));

        Assert.Equal(CheckCause.WrongPassword, report.Failure!.Cause);
        Assert.Contains("A rotation of the account is not over", report.Failure.Message, StringComparison.Ordinal);
        Assert.Equal((HealthState.Healthy, CheckState.Verified), ((await vault.AccountAsync("db/app")).Health.State, (await vault.AccountAsync("db/app")).CheckState));
        await vault.RestartAsync();
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    [Fact]
    public async Task F5_Network_that_is_cut_after_any_piece_leaves_a_credential_that_the_next_run_finds()
    {
        string user = Unique("remote");
        await AddUserAsync(user, OldPassword);
        Resource direct = await TargetAsync();
        await using TargetLink link = new(direct.Port);
        await using RotationVault vault = await RotationVault.OpenAsync(direct with { Port = link.Port });
        await vault.AddAsync("db/app", user, OldPassword);
        link.CutAfter(int.MaxValue);
        Promoted(await vault.RotateAsync("db/app"));
        int pieces = link.Seen;
        Assert.InRange(pieces, 20, 400);

        // Every piece of the whole conversation, a few steps at a time: the first ones differ only in how far a sign-in came.
        for (int cut = 0; cut <= pieces; cut += Math.Max(1, pieces / Rounds.Or(40)))
        {
            link.CutAfter(cut);
            Result<RotationRecord> row = await vault.RotateAsync("db/app");
            link.CutAfter(int.MaxValue);
            Assert.True(row.IsOk, row.Refusal?.Message);
            Assert.NotEqual(RotationState.NeedsAttention, row.Value.State);
            if (!row.Value.IsOver)
            {
                Promoted(await vault.RotateAsync("db/app"));
            }

            await vault.SignsInAsync("db/app");
        }
    }

    [Fact]
    public async Task Neither_credential_works_and_both_are_kept_until_an_admin_decides()
    {
        string user = Unique("torn");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        await DieAfterAsync(vault, "db/app", RotationState.Applied, byItself: false);
        await vault.RestartAsync();
        await SpoilAsync(user);

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));
        Assert.Equal(RotationState.NeedsAttention, row.State);
        using (NewCredential other = Password("other"))
        {
            Assert.Contains("not finished", (await vault.Product.Accounts.EditAsync(Local, new AccountRef("db", "app"), new AccountChange { Credential = other }, CheckMode.Unverified, null, Ct)).Refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Contains("Both credentials are kept", (await vault.Product.Rotations.ResolveAsync(Local, new AccountRef("db", "app"), false, false, Ct)).Refusal!.Message, StringComparison.Ordinal);
        await SetPasswordAsync(user, OldPassword);
        Assert.Equal(RotationState.Failed, Ok(await vault.Product.Rotations.ResolveAsync(Local, new AccountRef("db", "app"), false, false, Ct)).State);
        await vault.SignsInAsync("db/app");
        Promoted(await vault.RotateAsync("db/app"));
        await vault.SignsInAsync("db/app");
    }

    private protected abstract Task<Resource> TargetAsync();

    /// <summary>A user of the server who may sign in.</summary>
    private protected abstract Task AddUserAsync(string name, string password);

    private protected abstract Task SetPasswordAsync(string name, string password);

    /// <summary>Lets the user change the passwords of others.</summary>
    private protected abstract Task EmpowerAsync(string name);

    private protected Task SpoilAsync(string user) => SetPasswordAsync(user, "somebody else's " + Guid.NewGuid());

    private protected async Task<RotationVault> WithUserAsync(string user, string password, string? stored = null)
    {
        await AddUserAsync(user, password);
        RotationVault vault = await RotationVault.OpenAsync(await TargetAsync());
        await vault.AddAsync("db/app", user, stored ?? password);
        return vault;
    }

    private protected async Task<string> AddRotatorAsync(RotationVault vault)
    {
        string rotator = Unique("rotator");
        await AddUserAsync(rotator, "pw of the rotator");
        await EmpowerAsync(rotator);
        await vault.AddAsync("db/rotator", rotator, "pw of the rotator");
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new ResourceChange { RotationAccount = "rotator" }, Ct));
        return rotator;
    }

    /// <summary>The program ends right after the step; what it held stays held.</summary>
    private static async Task DieAfterAsync(RotationVault vault, string reference, RotationState step, bool byItself)
    {
        vault.OnStep = seen =>
        {
            if (seen.Step == step && seen.State == StageState.Passed)
            {
                throw new CrashException();
            }
        };
        await Assert.ThrowsAsync<CrashException>(() => vault.RotateAsync(reference, byItself));
        vault.OnStep = null;
    }

    private protected static void Promoted(Result<RotationRecord> row) => Assert.True(Ok(row).State == RotationState.Promoted, $"{row.Value.State}: {row.Value.Error}");

    // 32 characters are the most a MySQL user has.
    private protected static string Unique(string name) => name + Guid.NewGuid().ToString("N")[..6];

    private sealed class CrashException : Exception;
}
