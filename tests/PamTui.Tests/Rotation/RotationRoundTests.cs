using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Rotation;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>Rounds against a real PostgreSQL, with a clock of their own.</summary>
public sealed class RotationRoundTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string OldPassword = "the old password";
    private static readonly AccountRef s_app = new("db", "app");

    private readonly TempFolder _files = new();

    [Fact]
    public async Task Account_is_rotated_once_a_cycle_however_often_and_by_however_many_is_asked()
    {
        await using RotationVault vault = await WithAppAsync();
        await AddPolicyAsync(vault);
        Assert.Empty(await RoundAsync(vault));

        for (int cycle = 1; cycle <= 2; cycle++)
        {
            vault.Time.Advance(TimeSpan.FromDays(1));
            Assert.Equal("db/app", Assert.Single(Ok(await vault.Product.RotationRounds.DueAsync(Local, Ct))).Account.ToString());
            await using Product other = await vault.AnotherAsync();
            await Task.WhenAll(RoundAsync(vault), RoundAsync(other), RoundAsync(vault), RoundAsync(other));

            Assert.Equal(cycle, (await OutlookAsync(vault)).Count);
            await vault.SignsInAsync("db/app");
        }

        RotationOutlook outlook = await OutlookAsync(vault);
        Assert.Equal((RotationOutlookState.Scheduled, vault.Time.GetUtcNow() + TimeSpan.FromDays(1)), (outlook.State, outlook.Next));
    }

    [Fact]
    public async Task Failure_is_tried_again_later_and_counts_no_more_once_a_person_has_mended_it()
    {
        await using RotationVault vault = await WithAppAsync("not its password");
        await AddPolicyAsync(vault);
        vault.Time.Advance(TimeSpan.FromDays(1));

        Assert.NotNull(Assert.Single(await RoundAsync(vault)).Error);
        Assert.Empty(await RoundAsync(vault));
        RotationOutlook retrying = await OutlookAsync(vault);
        Assert.Equal((RotationOutlookState.Retrying, 1), (retrying.State, retrying.Failures));
        vault.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.NotNull(Assert.Single(await RoundAsync(vault)).Error);
        Assert.Equal(2, (await OutlookAsync(vault)).Failures);

        using (Core.Accounts.NewCredential right = Password(OldPassword))
        {
            Ok(await vault.Product.Accounts.EditAsync(Local, s_app, new Core.Accounts.AccountChange { Credential = right }, Core.Accounts.CheckMode.Unverified, null, Ct));
        }

        Assert.Equal(RotationState.Promoted, Ok(await vault.RotateAsync("db/app")).State);
        RotationOutlook mended = await OutlookAsync(vault);
        Assert.Equal((RotationOutlookState.Scheduled, 0), (mended.State, mended.Failures));
    }

    [Fact]
    public async Task Interrupted_rotation_is_finished_by_a_round_without_any_policy()
    {
        await using RotationVault vault = await WithAppAsync();
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Applied, State: StageState.Passed })
            {
                throw new IOException("the machine dies");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => vault.RotateAsync("db/app"));
        vault.OnStep = null;
        await vault.RestartAsync();

        Assert.Equal(RotationState.Promoted, Assert.Single(await RoundAsync(vault)).Row?.State);
        await vault.SignsInAsync("db/app");
        Assert.Empty(await RoundAsync(vault));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_session_of_the_account_holds_a_rotation_up_or_not_and_one_whose_gateway_died_never_does(bool waits)
    {
        await using RotationVault vault = await WithAppAsync();
        await AddPolicyAsync(vault, waits: waits);
        await vault.StartSessionAsync("db/app");
        vault.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(RotationOutlookState.Due, (await OutlookAsync(vault)).State);

        // That gateway is started again, and closes what it left.
        Assert.Equal(1, await vault.Product.Sessions.RecoverAsync("node", [], Ct));
        long session = await vault.StartSessionAsync("db/app");

        Assert.Equal(waits ? 0 : 1, (await RoundAsync(vault)).Count);
        Assert.Equal(waits ? RotationOutlookState.WaitingForSessions : RotationOutlookState.Scheduled, (await OutlookAsync(vault)).State);
        await vault.Product.Sessions.EndAsync(session, "over", 0, 0, Ct);
        Assert.Equal(waits ? 1 : 0, (await RoundAsync(vault)).Count);
    }

    [Fact]
    public async Task While_a_person_rotates_one_account_of_a_resource_no_round_of_any_process_begins_with_another()
    {
        await using RotationVault vault = await WithAppAsync();
        await using Product other = await vault.AnotherAsync();
        string role = "second" + Guid.NewGuid().ToString("N")[..8];
        await (await fixture.ServerAsync()).SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD '{OldPassword}'");
        await vault.AddAsync("db/second", role, OldPassword);
        await AddPolicyAsync(vault);
        vault.Time.Advance(TimeSpan.FromDays(1));
        List<int> begun = [];
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Staged, State: StageState.Passed })
            {
                begun.Add(RoundAsync(other).GetAwaiter().GetResult().Count);
            }
        };

        Assert.Equal(RotationState.Promoted, Ok(await vault.RotateAsync("db/app")).State);

        Assert.Equal([0], begun);
        Assert.Equal("db/second", Assert.Single(await RoundAsync(other)).Account.ToString());
    }

    [Fact]
    public async Task Hook_gets_the_names_in_a_clean_environment_and_the_new_secret_on_stdin_and_nothing_of_it_is_kept()
    {
        await using RotationVault vault = await WithAppAsync();
        string seen = _files.PathOf("seen");
        await AddPolicyAsync(vault, true, Script($"cat > {seen}.secret; env | sort > {seen}.env; printf '%s ' \"$@\" > {seen}.args; cat {seen}.secret; base64 -w0 < {seen}.secret >&2; echo end"), "two words", "$(id)");

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        string password = await vault.PasswordAsync("db/app");
        Assert.Equal((HookState.Done, 1), (row.Hook!.State, row.Hook.Tries));
        Assert.Equal(password, await File.ReadAllTextAsync(seen + ".secret", Ct));
        Assert.Equal("two words $(id) ", await File.ReadAllTextAsync(seen + ".args", Ct));
        string[] names = [.. (await File.ReadAllLinesAsync(seen + ".env", Ct)).Select(line => line.Split('=')[0]).Where(name => name is not ("PWD" or "SHLVL" or "_"))];
        Assert.Equal(["LANG", "PAMTUI_ACCOUNT", "PAMTUI_KIND", "PAMTUI_RESOURCE", "PAMTUI_USERNAME", "PATH"], names);
        Assert.Contains("PAMTUI_ACCOUNT=db/app", await File.ReadAllTextAsync(seen + ".env", Ct), StringComparison.Ordinal);
        Assert.Equal("***end\n***", row.Hook.Output);
        foreach (string file in Directory.EnumerateFiles(vault.Folder.Path))
        {
            Assert.DoesNotContain(password, System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Failing_hook_is_told_tried_again_later_and_does_not_undo_the_rotation()
    {
        await using RotationVault vault = await WithAppAsync();
        string works = _files.PathOf("works");
        await AddPolicyAsync(vault, hook: Script($"test -e {works} || {{ echo no application there >&2; exit 7; }}"));

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));
        Assert.Equal((RotationState.Promoted, HookState.Pending, "no application there"), (row.State, row.Hook!.State, row.Hook.Output));
        Assert.Contains("ended with 7", row.Hook.Error, StringComparison.Ordinal);
        await vault.SignsInAsync("db/app");
        Assert.Contains(Ok(await vault.Product.Doctor.ExamineAsync(Local, Ct)), finding => finding.Message.Contains("hook", StringComparison.Ordinal) && finding.Message.Contains("db/app", StringComparison.Ordinal));

        Assert.Empty(await RoundAsync(vault));
        vault.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(2, Assert.Single(await RoundAsync(vault)).Hook?.Tries);
        await File.WriteAllTextAsync(works, "", Ct);
        Assert.Empty(await RoundAsync(vault));
        vault.Time.Advance(TimeSpan.FromMinutes(30));
        RotationHook done = Assert.Single(await RoundAsync(vault)).Hook!;
        Assert.Equal((HookState.Done, 3), (done.State, done.Tries));
        Assert.Empty(await RoundAsync(vault));
        Assert.Equal(1, (await OutlookAsync(vault)).Count);
    }

    [Fact]
    public async Task Crash_between_promotion_and_hook_runs_it_in_the_next_round()
    {
        await using RotationVault vault = await WithAppAsync();
        string seen = _files.PathOf("seen");
        await AddPolicyAsync(vault, hook: Script($"cat > {seen}"));
        vault.OnStep = step =>
        {
            if (step is { Step: RotationState.Promoted, State: StageState.Passed })
            {
                throw new IOException("the machine dies");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => vault.RotateAsync("db/app"));
        vault.OnStep = null;
        Assert.False(File.Exists(seen));
        await vault.RestartAsync();

        Assert.Equal(HookState.Done, Assert.Single(await RoundAsync(vault)).Hook?.State);
        Assert.Equal(await vault.PasswordAsync("db/app"), await File.ReadAllTextAsync(seen, Ct));
    }

    [Fact]
    public async Task Hook_that_others_may_write_or_that_is_not_there_is_neither_set_nor_run()
    {
        await using RotationVault vault = await WithAppAsync();
        string open = _files.WriteScript("open", "exit 0", byAnybody: true);
        RotationTerms terms = new(true, TimeSpan.FromDays(1), null, TimeSpan.Zero, true, false, null, HookCommand.From([open]).Value);
        Assert.Contains("chmod go-w", (await vault.Product.Policies.AddAsync(Local, new PolicyDraft("open", null, "db/*", terms), Ct)).Refusal!.Message, StringComparison.Ordinal);

        string hook = Script("exit 0");
        await AddPolicyAsync(vault, hook: hook);
        (await Run.ProgramAsync("chmod", "o+w", hook)).Succeeded();
        Assert.Contains("chmod go-w", Ok(await vault.RotateAsync("db/app")).Hook!.Error, StringComparison.Ordinal);
        File.Delete(hook);
        Assert.Contains("no program", Ok(await vault.RotateAsync("db/app")).Hook!.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Ct);
        return copy.ToArray();
    }

    private static Task<IReadOnlyList<RoundOutcome>> RoundAsync(RotationVault vault) => RoundAsync(vault.Product);

    private static async Task<IReadOnlyList<RoundOutcome>> RoundAsync(Product product) => Ok(await product.RotationRounds.RunAsync(Actor.System, 4, null, Ct));

    private static async Task<RotationOutlook> OutlookAsync(RotationVault vault) => Ok(await vault.Product.RotationRounds.OutlookAsync(Local, s_app, Ct));

    private static async Task AddPolicyAsync(RotationVault vault, bool waits = true, string? hook = null, params string[] arguments)
    {
        RotationTerms terms = new(true, TimeSpan.FromDays(1), null, TimeSpan.Zero, waits, false, null, hook is null ? null : HookCommand.From([hook, .. arguments]).Value);
        Ok(await vault.Product.Policies.AddAsync(Local, new PolicyDraft("daily", null, "db/*", terms), Ct));
    }

    private string Script(string body) => _files.WriteScript("hook-" + Guid.NewGuid().ToString("N"), body);

    private async Task<RotationVault> WithAppAsync(string? stored = null)
    {
        Postgres server = await fixture.ServerAsync();
        string role = "round" + Guid.NewGuid().ToString("N")[..8];
        await server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD '{OldPassword}'");
        RotationVault vault = await RotationVault.OpenAsync(Target.PostgreSql(server.Port, ca: server.Ca.Pem));
        await vault.AddAsync("db/app", role, stored ?? OldPassword);
        return vault;
    }
}
