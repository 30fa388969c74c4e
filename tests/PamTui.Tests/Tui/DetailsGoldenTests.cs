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
