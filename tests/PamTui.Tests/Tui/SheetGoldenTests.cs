using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

/// <summary>Every dialog over a page, with names, words and pairs that no screen likes.</summary>
public sealed class SheetGoldenTests
{
    private const string CtrlS = "\u0013";

    public static TheoryData<int, int> Sizes => new() { { 80, 24 }, { 120, 40 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Form_of_a_resource(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("a", "Add resource");
        await run.TypeAsync("Upper \u540d\u524d\t\t", "Host");
        run.Paste("a\u202eb\u0007.example");
        await run.TypeAsync(CtrlS, "The resource name");
        await MatchesAsync(run, "form-resource", columns, rows);
        await run.TypeAsync("\t ", "(postgresql)");
        await MatchesAsync(run, "form-resource-database", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Form_of_an_account(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows);
        await OpenAccountFormAsync(run);
        await run.TypeAsync("deploy\t\u540d\u524d\u304c\u3068\u3066\u3082\u9577\u3044\u4eba\u304c\u3068\u3066\u3082\u9577\u3044\u4eba\u304c\u3068\u3066\u3082\u9577\u3044\u4eba\t\tsecret", "∙∙∙∙∙∙");
        await MatchesAsync(run, "form-account-password", columns, rows);
        await run.TypeAsync("\e[Z ", "(private-key)");
        await run.TypeAsync("\t\t", "paste the file");
        using NewCredential made = vault.Product.Accounts.MakeKey(new AccountRef("web-1", "deploy"));
        run.Paste("-----BEGIN OPENSSH PRIVATE KEY-----\nbroken\n-----END OPENSSH PRIVATE KEY-----\n");
        await run.SeesAsync("This is no private key");
        await MatchesAsync(run, "form-account-key", columns, rows);
        await run.TypeAsync("\e[Z\e[Z ", "(certificate)");
        await MatchesAsync(run, "form-account-certificate", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Form_of_a_resource_that_is_there_and_the_question_before_it_is_left(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("resource", "web-2"));
        await run.SeesAsync("Sessions 0");
        await run.TypeAsync("e", "Edit resource web-2");
        await run.TypeAsync("\u0015" + new string('x', 90), "xxxx");
        await MatchesAsync(run, "form-resource-edit", columns, rows);
        await run.TypeAsync("\e", "Leave without saving?");
        await MatchesAsync(run, "leave", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Half_filled_form_is_offered(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        TestVault.Ok(await vault.Product.FormDrafts.SaveAsync(TestVault.Local, "account.add web-1", new Dictionary<string, string> { ["name"] = "a\u202eb", ["metadata"] = "a=1" }, TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromHours(5));
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows);
        await OpenAccountFormAsync(run);
        await run.SeesAsync("You left this form 5 h ago.");
        await MatchesAsync(run, "draft", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Forms_about_people(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.PeopleAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "users");
        await run.SeesAsync("users › aa");
        await run.TypeAsync("a", "Add user");
        await run.TypeAsync("eve\t\t", "Public key");
        run.Paste("ssh-ed25519 no key a\u202eb " + new string('\u754c', 40));
        await run.TypeAsync(CtrlS, "Public key");
        await run.SeesAsync("not");
        await MatchesAsync(run, "form-user", columns, rows);
        run.Type("\e");
        await run.SeesAsync("Leave without saving?");
        await run.TypeAsync("\t\r", "users › aa");
        await run.SeesNoMoreAsync("Add user");
        await run.TypeAsync("8", "grants › 1");
        await run.TypeAsync("a", "Give a grant");
        await run.TypeAsync("bob\tkind=linux", "It reaches 5 accounts now");
        await MatchesAsync(run, "form-grant", columns, rows);
        await run.TypeAsync(" credential=", "Tab: credential=password");
        await run.SeesAsync("It reaches no account now");
        await MatchesAsync(run, "form-grant-completing", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Form_of_a_grant_to_forward(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.PeopleAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "grants");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("a", "Give a grant");
        await run.TypeAsync("bob\tweb-1/*\t \t\t\t\t ", "Forward to");
        await run.SeesAsync("It lets nobody into an account");
        await run.TypeAsync("\t127.1:80" + CtrlS, "is no HOST:PORT");
        await MatchesAsync(run, "form-grant-forward", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Keys_of_the_screen_and_of_all_screens(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "accounts");
        await run.SeesAsync("accounts › analytics/admin");
        await run.TypeAsync("?", "Esc closes this.");
        await MatchesAsync(run, "help-accounts", columns, rows);
        await run.TypeAsync("\e", "ACCOUNTS");
        await run.SeesNoMoreAsync("Esc closes this.");
        await run.TypeAsync("M", "Keys of all screens");
        await MatchesAsync(run, "keys", columns, rows);
        await run.TypeAsync("remove", "users: remove");
        await MatchesAsync(run, "keys-narrowed", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Palette(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "accounts");
        await run.SeesAsync("accounts › analytics/admin");
        await run.TypeAsync("\u0010", "Go to, or do");
        await MatchesAsync(run, "palette-all", columns, rows);
        await run.TypeAsync("nothing is called so", "Nothing fits what is typed.");
        await MatchesAsync(run, "palette-none", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Copy_menu(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "accounts");
        await run.SeesAsync("accounts › analytics/admin");
        await run.TypeAsync("jj", "accounts › awkward/one");
        await run.TypeAsync("y", "type what to copy");
        await MatchesAsync(run, "copy", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Credential_is_asked_for_and_shown(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await vault.AddAccountAsync("awkward/three", "", password: "a\u202eb \u540d\u524d \u0007 " + new string('x', 200));
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("account", "awkward/three"));
        await run.SeesAsync("History 1");
        await run.TypeAsync("R", "Why do you need it?");
        await run.TypeAsync("\r", "Say why");
        await MatchesAsync(run, "reveal-asked", columns, rows);
        await run.TypeAsync("ticket \u540d\u524d\r", "It goes in 30 s");
        await MatchesAsync(run, "reveal-shown", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Name_is_typed_before_something_goes(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("resource", "awkward"));
        await run.SeesAsync("Sessions 0");
        await run.TypeAsync("\e[3~", "Type its name");
        await run.TypeAsync("awk\r", "That is not its name.");
        await MatchesAsync(run, "confirm-name", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task One_line_is_asked_for(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.PeopleAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "grants");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("ju", "End of grant");
        await MatchesAsync(run, "ask", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Pairs_with_what_they_were(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "resources");
        await run.SeesAsync("resources › analytics");
        await run.TypeAsync("j", "resources › awkward");
        await run.TypeAsync("m", "Metadata of awkward");
        run.Paste("owner=a\u202eb\nwide=" + new string('\u754c', 60) + "\n");
        await run.SeesAsync("1 new, 1 changed");
        await run.TypeAsync("gjx", "1 removed");
        await MatchesAsync(run, "metadata-sheet", columns, rows);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Themes(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        foreach (ThemeChoice theme in (ThemeChoice[])[ThemeChoice.Dark, ThemeChoice.Light, ThemeChoice.HighContrast])
        {
            TestVault.Ok(await vault.Product.PersonalSettings.SetThemeAsync(TestVault.Local, theme, TestVault.Ct));
            await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, place: "accounts");
            await run.SeesAsync("accounts › analytics/admin");
            await run.TypeAsync("x", "Type its name");
            await MatchesAsync(run, $"theme-{Words.Of(theme)}-sheet", columns, rows);
        }
    }

    private static Task MatchesAsync(ShellRun run, string name, int columns, int rows) => GoldenTests.MatchesAsync(run, $"{name}-{columns}x{rows}");

    private static async Task OpenAccountFormAsync(ShellRun run)
    {
        await run.SeesAsync("web-2/root");
        await run.TypeAsync("jjj", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
    }

    private static ShellState At(string screen, string subject)
    {
        ShellState state = new();
        state.Places.Add(new Place(screen, subject));
        return state;
    }
}
