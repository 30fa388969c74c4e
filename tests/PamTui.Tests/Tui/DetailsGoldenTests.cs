using Microsoft.Data.Sqlite;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tests.CoreTests;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

/// <summary>Every part of the details with names, words and pairs that no screen likes.</summary>
public sealed class DetailsGoldenTests
{
    private static readonly AccountRef s_one = new("awkward", "one");

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Parts_of_an_account(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("account", "awkward/one"));
        await run.SeesAsync("History 7");
        await run.SeesAsync("rejected");
        string size = $"{columns}x{rows}";
        if (columns < 110)
        {
            await GoldenTests.MatchesAsync(run, "account-fields-" + size);
            run.Type("l");
        }

        foreach ((string part, string file) in ((string, string)[])
            [("[Connect]", "connect"), ("[Metadata 3]", "metadata"), ("[Grants 2]", "grants"), ("[Sessions 1]", "sessions"), ("[Checks 2]", "checks"), ("[Rotations 0]", "rotations"), ("[History 7]", "history")])
        {
            await run.SeesAsync(part);
            await GoldenTests.MatchesAsync(run, $"account-{file}-{size}");
            run.Type("l");
        }

        run.Type(columns < 110 ? "llll" : "lll");
        await run.TypeAsync("\r", "Why it ended");
        await GoldenTests.MatchesAsync(run, "session-" + size);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Parts_of_a_resource(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("resource", "web-1"));
        await run.SeesAsync("Sessions 0");
        await run.SeesAsync("front end of the shop");
        string size = $"{columns}x{rows}";
        if (columns < 110)
        {
            await GoldenTests.MatchesAsync(run, "resource-fields-" + size);
            run.Type("l");
        }

        foreach ((string part, string file) in ((string, string)[])[("[Accounts 2]", "accounts"), ("[Host keys 1]", "host-keys"), ("[Metadata 1]", "metadata")])
        {
            await run.SeesAsync(part);
            await GoldenTests.MatchesAsync(run, $"resource-{file}-{size}");
            run.Type("l");
        }
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Grants_and_sessions_of_a_resource(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("resource", "awkward"));
        await run.SeesAsync("Sessions 1");
        foreach ((string part, string file) in ((string, string)[])[("[Grants 2]", "grants"), ("[Sessions 1]", "sessions")])
        {
            while (!run.Screen.Contains(part, StringComparison.Ordinal))
            {
                string before = run.Screen;
                run.Type("l");
                await run.Channel.UntilAsync(screen => screen.Text != before, "the next part");
            }

            await GoldenTests.MatchesAsync(run, $"resource-{file}-{columns}x{rows}");
        }
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Rotations_of_an_account(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        Account one = TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, s_one, TestVault.Ct));
        long at = (vault.Time.GetUtcNow().AddDays(-9) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await using (SqliteConnection connection = new($"Data Source={vault.File};Pooling=False"))
        {
            await connection.OpenAsync(TestVault.Ct);
            await using SqliteCommand insert = connection.CreateCommand();
            insert.CommandText =
                $"""
                INSERT INTO rotations (account_id, state, way, rotation_account, started_by, planned, staged, applied, verified, ended, error, old_version, new_version) VALUES
                ({one.Id}, 'promoted', 'by-itself', NULL, 'alice', {at}, {at + 6000}, {at + 18000}, {at + 56000}, {at + 61000}, NULL, 1, 2),
                ({one.Id}, 'failed', 'by-rotation-account', 'two', 'rotation', {at + 3600000000}, {at + 3600006000}, NULL, NULL, {at + 3600012000}, 'awkward says: [2J a‮b 漢字 and more than any row of a list is wide, so that it is cut there and read below', 2, 3),
                ({one.Id}, 'needs-attention', 'by-rotation-account', 'two', 'carol', {at + 7200000000}, {at + 7200006000}, {at + 7200009000}, NULL, NULL, 'Neither of the two signs in: see account rotation resolve.', 2, 3)
                """;
            await insert.ExecuteNonQueryAsync(TestVault.Ct);
        }

        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("account", "awkward/one"));
        await run.SeesAsync("History 7");
        run.Type(columns < 110 ? "llllll" : "lllll");
        await run.SeesAsync("[Rotations 3]");
        await GoldenTests.MatchesAsync(run, $"account-rotations-rows-{columns}x{rows}");
        run.Type("j");
        await run.SeesAsync("so that it is cut there and read below");
        await GoldenTests.MatchesAsync(run, $"account-rotations-failed-{columns}x{rows}");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Pairs_while_they_are_changed(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("account", "awkward/one"));
        await run.SeesAsync("History 7");
        await run.TypeAsync("m", "[Metadata 3]");
        run.Paste("note=b\nowner=\u65e5\u672c\n");
        await run.SeesAsync("1 new, 1 changed");
        await run.TypeAsync("Gx", "1 removed");
        await run.TypeAsync("a", "Tab completes it");
        await run.TypeAsync("te", "team=");
        await GoldenTests.MatchesAsync(run, $"metadata-changed-{columns}x{rows}");
    }

    private static ShellState At(string screen, string subject)
    {
        ShellState state = new();
        state.Places.Add(new Place(screen, subject));
        return state;
    }

    private static async Task<TestVault> AwkwardAsync()
    {
        TestVault vault = await GoldenTests.AwkwardAsync();
        TestVault.Ok(await vault.Product.Accounts.SetMetadataAsync(
            TestVault.Local,
            s_one,
            Metadata.From([new("note", "a\u202eb"), new("wide", new string('\u754c', 90)), new("\u30ad\u30fc caf\u0065\u0301", "")]).Value,
            TestVault.Ct));
        TestVault.Ok(await vault.Product.Accounts.EditAsync(
            TestVault.Local,
            s_one,
            new AccountChange { Alias = "one-alias", Privilege = "\u8aad/write", Description = "A long tale, " + string.Join(' ', Enumerable.Repeat("told \u6f22\u5b57 and again", 9)) },
            CheckMode.Unverified,
            null,
            TestVault.Ct));
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "awkward/*", Capability.Connect | Capability.Manage, Until: vault.Time.GetUtcNow().AddDays(3)), TestVault.Ct));
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "\"\u30ad\u30fc caf\u0065\u0301\"= note~\u202e", Capability.Audit), TestVault.Ct));
        long session = TestVault.Ok(await vault.Product.Sessions.StartAsync(
            (await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_one, Capability.Connect, TestVault.Ct))!, "2001:db8::dead:beef", "node", null, TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(90));
        await vault.Product.Sessions.EndAsync(session, "killed by root: \e[31mred\u202e \u6f22\u5b57 and a reason that goes on for longer than any row of a list is", 1234567, 987654321, TestVault.Ct);
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, s_one, null, TestVault.Ct));
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "awkward does not accept the password of '\u540d\u524d': \u001b[2J it said."), null, TimeSpan.FromMilliseconds(7));
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, s_one, null, TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromHours(30));
        return vault;
    }
}
