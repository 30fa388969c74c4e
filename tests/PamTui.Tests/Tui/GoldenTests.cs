using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Users;
using PamTui.Servers;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

/// <summary>Whole screens as text files; PAMTUI_UPDATE_GOLDEN=1 writes them anew, to be read before they are committed.</summary>
public sealed class GoldenTests
{
    private static readonly string s_folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../tests/PamTui.Tests/Tui/Golden"));

    [Fact]
    public async Task Browser_80x24()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("\tjj", "› web-1/deploy");
        await run.SeesAsync("deploy on 10.0.0.5");
        await MatchesAsync(run, "browse-80x24");
    }

    [Fact]
    public async Task Browser_120x36()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, rows: 36);
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("jj", "ACCOUNTS of web-1");
        await run.SeesAsync("1 host key pinned");
        await run.SeesAsync("○ deploy");
        await MatchesAsync(run, "browse-120x36");
    }

    [Fact]
    public async Task One_pane_66x20()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 66, rows: 20);
        await run.SeesAsync("web-2");
        await run.TypeAsync("jj", "1 host key pinned");
        await MatchesAsync(run, "one-pane-resources-66x20");
        await run.TypeAsync("\r", "○ deploy");
        await run.SeesAsync("deploy on 10.0.0.5");
        await MatchesAsync(run, "one-pane-accounts-66x20");
    }

    [Fact]
    public async Task Empty_vault_80x24()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("press a to add the first");
        await MatchesAsync(run, "empty-80x24");
    }

    [Fact]
    public async Task Failed_check_80x24()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await ShellRun.StartAsync(vault, (progress, _) =>
        {
            foreach (CheckStage stage in (CheckStage[])[CheckStage.Resolve, CheckStage.Connect, CheckStage.Identity])
            {
                progress!.Report(new CheckProgress(stage, StageState.Passed, TimeSpan.FromMilliseconds(3 + (int)stage)));
            }

            progress!.Report(new CheckProgress(CheckStage.SignIn, StageState.Failed, TimeSpan.FromMilliseconds(120)));
            return Task.FromResult(new CheckReport(
                new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "web-1 does not accept the password of 'ops': type it again, or ask who looks after web-1."),
                null,
                TimeSpan.FromMilliseconds(140)));
        });
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("jj", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
        await run.TypeAsync("ops\tops\t\tnot this one", "∙∙∙∙∙∙∙∙∙∙∙∙");
        await run.TypeAsync("\u0013", "does not accept the password");
        await run.SeesAsync("✗ sign in");
        await MatchesAsync(run, "failed-check-80x24");
    }

    [Fact]
    public async Task Metadata_80x24()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("\tjjm", "web-1/deploy is production (env=prod).");
        await run.TypeAsync("deploy\r", "Metadata of web-1/deploy");
        await MatchesAsync(run, "metadata-80x24");
    }

    [Fact]
    public async Task Help_80x24()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("?", "Esc closes this.");
        await MatchesAsync(run, "help-80x24");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Home(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, new AccountRef("awkward", "two"), TestVault.Ct));
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, new AccountRef("web-1", "root"), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "home");
        await run.SeesAsync("c checks it");
        await run.SeesAsync("No session is live.");
        await run.TypeAsync("\tj", "home › analytics/admin");
        await MatchesAsync(run, $"home-{columns}x{rows}");
    }

    [Fact]
    public async Task Typed_name_80x24()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("\tjje", "web-1/deploy is production (env=prod).");
        await MatchesAsync(run, "typed-name-80x24");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Accounts_and_resources(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("2", "accounts › analytics/admin");
        await run.TypeAsync("j ", "1 marked");
        await run.SeesAsync("accounts › awkward/one");
        await MatchesAsync(run, $"accounts-{columns}x{rows}");
        await run.TypeAsync("3", "ADDRESS");
        await run.SeesAsync("resources › analytics");
        await MatchesAsync(run, $"resources-{columns}x{rows}");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Tree(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "accounts");
        await run.SeesAsync("accounts › analytics/admin");
        await run.TypeAsync("z", "Group by");
        await run.TypeAsync("owner\r", "owner: alice (1)");
        await run.TypeAsync("j\r", "awkward/two");
        await run.TypeAsync("j ", "1 marked");
        await MatchesAsync(run, $"tree-{columns}x{rows}");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Import(int columns, int rows)
    {
        await using TestVault vault = await AwkwardAsync();
        vault.Check = (username, _) => username == "root"
            ? new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "web-3 does not accept the password of 'root': type it again."), null, TimeSpan.Zero)
            : TestVault.Passed;
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "import");
        await run.SeesAsync("No file yet");
        await MatchesAsync(run, $"import-empty-{columns}x{rows}");
        await run.TypeAsync("o", "First key");
        run.Paste("resource,host,account,username,password,meta.note\nweb-3,10.0.0.3,deploy,deploy,pw,a\u202eb\nweb-3,10.0.0.3,root,root,pw,\nweb-1,10.9.9.9,,,,\nweb-4,10.0.0.4,\u540d\u524d,x,pw,\n");
        await run.TypeAsync("\u0013", "3 new, 1 differ, 0 there already, 1 wrong");
        await run.SeesNoMoreAsync("First key");
        await MatchesAsync(run, $"import-looked-{columns}x{rows}");
        await run.TypeAsync("i", "3 are added");
        await run.TypeAsync("\t\r", "2 added, 0 updated, 1 skipped, 2 failed");
        await run.SeesAsync("✗ failed");
        run.Type("jX");
        await run.SeesNoMoreAsync("in the log");
        await MatchesAsync(run, $"import-done-{columns}x{rows}");
    }

    [Fact]
    public async Task Palette_80x24()
    {
        await using TestVault vault = await AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync(":", "Go to, or do");
        await run.TypeAsync("web", "resource web-2");
        await MatchesAsync(run, "palette-80x24");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Users_groups_and_grants(int columns, int rows)
    {
        await using TestVault vault = await PeopleAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("6", "users › aa");
        await MatchesAsync(run, $"users-{columns}x{rows}");
        await run.TypeAsync("j\r", "GRANTS (4)");
        await MatchesAsync(run, $"user-{columns}x{rows}");
        await run.TypeAsync("7", "groups › all");
        await MatchesAsync(run, $"groups-{columns}x{rows}");
        await run.TypeAsync("8", "grants › 1");
        await run.TypeAsync("j ", "1 marked");
        await MatchesAsync(run, $"grants-{columns}x{rows}");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Settings(int columns, int rows)
    {
        await using TestVault vault = await PeopleAsync();
        User bob = TestVault.Ok(await vault.Product.Users.FindAsync(TestVault.Local, "bob", TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, new Actor("bob", bob.Id, Role.Member, "192.0.2.1"), columns, rows);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("9t", "■ terminal");
        await MatchesAsync(run, $"settings-{columns}x{rows}");
    }

    [Fact]
    public async Task Explanation_80x24()
    {
        await using TestVault vault = await PeopleAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("6", "users › aa");
        await run.TypeAsync("j", "users › bob");
        await run.TypeAsync("w", "What may bob do with");
        await run.TypeAsync("deploy\r", "Yes: bob may");
        await MatchesAsync(run, "explanation-80x24");
    }

    [Theory]
    [InlineData(ThemeChoice.Dark)]
    [InlineData(ThemeChoice.Light)]
    [InlineData(ThemeChoice.HighContrast)]
    public async Task Themes_80x24(ThemeChoice theme)
    {
        await using TestVault vault = await AwkwardAsync();
        TestVault.Ok(await vault.Product.PersonalSettings.SetThemeAsync(TestVault.Local, theme, TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("2", "accounts › analytics/admin");
        await run.TypeAsync("j", "accounts › analytics/reader");
        await MatchesAsync(run, $"theme-{Words.Of(theme)}-80x24");
    }

    // The names are as long as names get; comments of keys and texts in filters are hostile.
    internal static async Task<TestVault> PeopleAsync()
    {
        TestVault vault = await AwkwardAsync();
        string longest = "aa" + new string('z', Names.MaxLength - 2);
        await vault.AddUserAsync(longest);
        await vault.AddUserAsync("bob");
        await vault.AddUserAsync("carol", Role.Admin);
        string key = TestVault.Key.Replace("alice@laptop", "\u540d\u524d e\u0301 a\u202eb " + new string('\u754c', 40), StringComparison.Ordinal);
        TestVault.Ok(await vault.Product.Users.AddKeyAsync(TestVault.Local, "bob", key, TestVault.Ct));
        using Secret password = Secret.FromText("a long password");
        TestVault.Ok(await vault.Product.Users.SetPasswordAsync(TestVault.Local, "carol", password, TestVault.Ct));
        TestVault.Ok(await vault.Product.Users.SetDisabledAsync(TestVault.Local, longest, true, TestVault.Ct));
        foreach ((string group, string[] members) in new (string, string[])[] { ("all", [longest, "bob", "carol"]), ("empty", []), ("g" + longest[1..], ["bob"]) })
        {
            TestVault.Ok(await vault.Product.Groups.AddAsync(TestVault.Local, group, TestVault.Ct));
            foreach (string member in members)
            {
                TestVault.Ok(await vault.Product.Groups.AddMemberAsync(TestVault.Local, group, member, TestVault.Ct));
            }
        }

        DateTimeOffset now = vault.Time.GetUtcNow();
        foreach (GrantDraft draft in new GrantDraft[]
        {
            new("bob", "web-1/*", Capability.Connect | Capability.Manage | Capability.Reveal | Capability.Audit),
            new("group:all", "note=\"a\u202eb\" OR owner=\u65e5\u672c\u8a9e", Capability.Connect, now.AddDays(2)),
            new("group:g" + longest[1..], "wide=" + new string('\u754c', 90), Capability.Connect, null, now.AddDays(30)),
            new(longest, "web-2/root", Capability.Connect, null, now.AddMinutes(1)),
            new("bob", "web-1/deploy", Capability.Connect, null, now.AddMinutes(1)),
        })
        {
            TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, draft, TestVault.Ct));
        }

        vault.Time.Advance(TimeSpan.FromMinutes(9));
        return vault;
    }

    // Wide characters, combining marks, a right-to-left override, control characters and a text that fills more than any window.
    internal static async Task<TestVault> AwkwardAsync()
    {
        TestVault vault = await FilledAsync();
        await vault.AddResourceAsync("awkward", "owner=\u65e5\u672c\u8a9e team=caf\u0065\u0301");
        await vault.AddAccountAsync("awkward/one", "note=a\u202eb", username: "\u540d\u524d\u304c\u3068\u3066\u3082\u9577\u3044\u4eba");
        await vault.AddAccountAsync("awkward/two", "wide=" + new string('\u754c', 90), username: new string('x', 60));
        return vault;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        HostKeyPin pin = new("ssh-ed25519", "SHA256:" + new string('A', 43), "option", vault.Time.GetUtcNow());
        TestVault.Ok(await vault.Product.Resources.AddAsync(
            TestVault.Local,
            new ResourceDraft("web-1", ResourceKind.Linux, "10.0.0.5", null, null, TlsMode.Verify, null, [pin], false, "front end of the shop", TestVault.Pairs("env=prod")),
            TestVault.Ct));
        await vault.AddResourceAsync("web-2", "env=test");
        await vault.AddResourceAsync("analytics", "env=prod", ResourceKind.PostgreSql);
        await vault.AddAccountAsync("analytics/admin", "", "db-admin", username: "postgres");
        await vault.AddAccountAsync("analytics/reader", "team=bi", username: "reader");
        await vault.AddAccountAsync("web-1/deploy", "team=payments owner=alice");
        await vault.AddAccountAsync("web-1/root", username: "root");
        await vault.AddAccountAsync("web-2/root", username: "root");
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, new AccountRef("analytics", "reader"), null, TestVault.Ct));
        vault.Check = (_, _) => new CheckReport(
            new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "web-2.example refuses connections on port 22."), null, TimeSpan.FromMilliseconds(2));
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, new AccountRef("web-2", "root"), null, TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(7));
        return vault;
    }

    // What comes late (a details line, a header) may still be on its way: the file says what must be there in the end.
    internal static async Task MatchesAsync(ShellRun run, string name)
    {
        string file = Path.Combine(s_folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("PAMTUI_UPDATE_GOLDEN") == "1")
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            Directory.CreateDirectory(s_folder);
            await File.WriteAllTextAsync(file, Picture(run.Channel.Screen));
            return;
        }

        string golden = await File.ReadAllTextAsync(file);
        await run.Channel.UntilAsync(screen => Picture(screen) == golden, "the golden screen " + name);
    }

    // The text, then the looks: each row as runs of a letter, and what each letter stands for.
    private static string Picture(VtScreen screen)
    {
        List<string> looks = [];
        StringBuilder picture = new(screen.Text);
        picture.Append("\n\n");
        for (int row = 0; row < screen.Rows; row++)
        {
            int begun = 0;
            for (int column = 1; column <= screen.Columns; column++)
            {
                string look = screen.LookAt(begun, row);
                if (column < screen.Columns && screen.LookAt(column, row) == look)
                {
                    continue;
                }

                if (!looks.Contains(look))
                {
                    looks.Add(look);
                }

                picture.Append((char)('a' + looks.IndexOf(look))).Append(column - begun).Append(' ');
                begun = column;
            }

            picture.Length--;
            picture.Append('\n');
        }

        return picture.Append('\n').AppendJoin('\n', looks.Select((look, i) => $"{(char)('a' + i)} {(look.Length == 0 ? "plain" : look)}")).Append('\n').ToString();
    }
}
