using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

public sealed class PolicyTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Of_the_policies_that_reach_an_account_the_lowest_order_holds_and_one_that_is_off_leaves_it_alone()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db", "env=prod");
        await vault.AddResourceAsync("other", "env=dev");
        await vault.AddAccountAsync("db/app");
        await vault.AddAccountAsync("db/owner", "tier=1", username: "owner");
        await vault.AddAccountAsync("other/app");

        await AddAsync(vault, "by-filter", "env=prod");
        await AddAsync(vault, "by-resource", "db/*", order: 5);
        await AddAsync(vault, "by-account", "db/app", order: 1);
        Assert.Equal(("by-account", "by-resource", null), (await HoldsAsync(vault, "db/app"), await HoldsAsync(vault, "db/owner"), await HoldsAsync(vault, "other/app")));
        Assert.Equal(1, Ok(await vault.Product.Policies.FindAsync(Local, "by-resource", Ct)).Accounts);
        Assert.Equal(0, Ok(await vault.Product.Policies.FindAsync(Local, "by-filter", Ct)).Accounts);

        Ok(await vault.Product.Policies.EditAsync(Local, "by-filter", old => old with { Order = 2, Target = "tier=1" }, Ct));
        Ok(await vault.Product.Policies.EditAsync(Local, "by-account", old => old with { Terms = old.Terms with { Enabled = false } }, Ct));
        Assert.Equal("by-filter", await HoldsAsync(vault, "db/owner"));
        vault.Time.Advance(TimeSpan.FromDays(40));
        Assert.Equal(RotationOutlookState.Off, (await OutlookAsync(vault, "db/app")).State);
        Assert.Equal(["db/owner"], Ok(await vault.Product.RotationRounds.DueAsync(Local, Ct)).Select(due => due.Account.ToString()));
        Assert.Equal(["by-account", "by-filter", "by-resource"], Ok(await vault.Product.Policies.ListAsync(Local, Ct)).Select(policy => policy.Name));

        Ok(await vault.Product.Policies.RemoveAsync(Local, "by-account", Ct));
        Assert.Equal("by-resource", await HoldsAsync(vault, "db/app"));
    }

    [Fact]
    public async Task Policy_that_breaks_a_rule_is_refused_and_each_change_leaves_an_audit_row()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db");
        await AddAsync(vault, "first", "db/*");
        Ok(await vault.Product.Policies.EditAsync(Local, "first", old => old with { Terms = old.Terms with { Interval = 2 * s_day } }, Ct));

        async Task<string?> FieldAsync(PolicyDraft draft) => (await vault.Product.Policies.AddAsync(Local, draft, Ct)).Refusal?.Field;
        Assert.Equal("name", await FieldAsync(Draft("First", "db/*")));
        Assert.Equal("name", await FieldAsync(Draft("first", "db/*")));
        Assert.Equal("order", await FieldAsync(Draft("second", "db/*") with { Order = 10 }));
        Assert.Equal("order", await FieldAsync(Draft("second", "db/*") with { Order = 0 }));
        Assert.Equal("every", await FieldAsync(Draft("second", "db/*", s_day / 25)));
        Assert.Equal("filter", await FieldAsync(Draft("second", "")));
        Assert.Equal("filter", await FieldAsync(Draft("second", "\"text\"")));
        Assert.Equal("filter", await FieldAsync(Draft("second", "rotation=failed")));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Policies.AddAsync(Local, Draft("second", "db/none"), Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Policies.EditAsync(Local, "second", old => old, Ct)).Refusal?.Kind);

        Ok(await vault.Product.Policies.RemoveAsync(Local, "first", Ct));
        Page<AuditRow> rows = Ok(await vault.Product.Audit.ListAsync(Local, "target=first", new PageRequest(), Ct));
        Assert.Equal(["policy.remove", "policy.edit", "policy.add"], rows.Items.Select(row => row.Action));
        Assert.Contains("every=2d", rows.Items[1].Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_are_an_admins_and_a_hook_is_set_at_the_machine_itself()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db");
        await vault.AddAccountAsync("db/app");
        Actor member = await vault.AddUserAsync("bob");
        Actor remote = await vault.AddUserAsync("carol", Role.Admin);
        HookCommand hook = HookCommand.From(["/bin/cat"]).Value;
        PolicyDraft hooked = Draft("hooked", "db/*");
        hooked = hooked with { Terms = hooked.Terms with { Hook = hook } };

        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Policies.AddAsync(member, Draft("mine", "db/*"), Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Policies.ListAsync(member, Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.RotationRounds.RunAsync(member, 4, null, Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.RotationRounds.DueAsync(member, Ct)).Refusal?.Kind);

        Result<RotationPolicy> refused = await vault.Product.Policies.AddAsync(remote, hooked, Ct);
        Assert.Equal(RefusalKind.NotAllowed, refused.Refusal?.Kind);
        Assert.Contains("Rotation:HooksOverSsh", refused.Refusal!.Message, StringComparison.Ordinal);
        Ok(await vault.Product.Policies.AddAsync(remote, Draft("hooked", "db/*"), Ct));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Policies.EditAsync(remote, "hooked", old => old with { Terms = old.Terms with { Hook = hook } }, Ct)).Refusal?.Kind);

        // One that is there does not stand in the way of another change, and may be taken away.
        Ok(await vault.Product.Policies.EditAsync(Local, "hooked", old => old with { Terms = old.Terms with { Hook = hook } }, Ct));
        Assert.Equal(hook, Ok(await vault.Product.Policies.EditAsync(remote, "hooked", old => old with { Terms = old.Terms with { Interval = s_day * 9 } }, Ct)).Terms.Hook);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Policies.EditAsync(remote, "hooked", old => old with { Terms = old.Terms with { Hook = HookCommand.From(["/bin/cat", "x"]).Value } }, Ct)).Refusal?.Kind);
        Assert.Null(Ok(await vault.Product.Policies.EditAsync(remote, "hooked", old => old with { Terms = old.Terms with { Hook = null } }, Ct)).Terms.Hook);
    }

    [Fact]
    public async Task Account_that_cannot_even_begin_is_tried_again_with_growing_waits_and_then_stops_until_a_person_tries()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db", kind: ResourceKind.PostgreSql);
        await vault.AddAccountAsync("db/rotator");
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new Core.Resources.ResourceChange { RotationAccount = "rotator" }, Ct));
        await AddAsync(vault, "all", "db/*");
        vault.Time.Advance(TimeSpan.FromDays(2));

        for (int failure = 1; failure <= 8; failure++)
        {
            Assert.Contains("--by-itself", Assert.Single(Ok(await vault.Product.RotationRounds.RunAsync(Actor.System, 4, null, Ct))).Error, StringComparison.Ordinal);
            Assert.Empty(Ok(await vault.Product.RotationRounds.RunAsync(Actor.System, 4, null, Ct)));
            vault.Time.Advance(Core.Rotation.RotationTimes.Wait(failure) - TimeSpan.FromSeconds(1));
            Assert.Empty(Ok(await vault.Product.RotationRounds.RunAsync(Actor.System, 4, null, Ct)));
            vault.Time.Advance(TimeSpan.FromSeconds(1));
        }

        vault.Time.Advance(TimeSpan.FromDays(100));
        Assert.Empty(Ok(await vault.Product.RotationRounds.RunAsync(Actor.System, 4, null, Ct)));
        RotationOutlook stopped = await OutlookAsync(vault, "db/rotator");
        Assert.Equal((RotationOutlookState.Stopped, 8, true), (stopped.State, stopped.Failures, stopped.Overdue));
    }

    private static PolicyDraft Draft(string name, string target, TimeSpan? every = null) =>
        new(name, null, target, new RotationTerms(true, every ?? s_day, null, TimeSpan.Zero, true, false, null, null));

    private static async Task AddAsync(TestVault vault, string name, string target, int? order = null) =>
        Ok(await vault.Product.Policies.AddAsync(Local, Draft(name, target) with { Order = order }, Ct));

    private static async Task<RotationOutlook> OutlookAsync(TestVault vault, string account) => Ok(await vault.Product.RotationRounds.OutlookAsync(Local, AccountRef.Parse(account).Value, Ct));

    private static async Task<string?> HoldsAsync(TestVault vault, string account) => (await OutlookAsync(vault, account)).Policy?.Name;
}
