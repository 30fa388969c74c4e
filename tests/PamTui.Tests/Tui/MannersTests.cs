using Microsoft.Extensions.Logging;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

/// <summary>What is the same on all screens: what a key may be relied upon to do, and what is said when something is done, fails or takes long.</summary>
public sealed class MannersTests
{
    [Theory]
    [InlineData(80, "dc", "web-1/root signs in")]
    [InlineData(80, "de", "Edit account web-1/root")]
    [InlineData(80, "dx", "Type its name")]
    [InlineData(120, "de", "Edit account web-1/root")]
    public async Task Keys_typed_before_an_account_has_come_are_done_when_it_has(int columns, string keys, string then)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await BrowseAsync(vault, columns);
        await run.TypeAsync(keys, then);
        Assert.DoesNotContain("There is no account", run.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Enter_typed_before_an_account_has_come_connects_when_it_has(int columns)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await BrowseAsync(vault, columns);
        run.Type("d\r");
        Assert.Equal(new AccountRef("web-1", "root"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
    }

    [Fact]
    public async Task Keys_typed_before_a_resource_has_come_are_done_when_it_has()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "resources");
        await run.SeesAsync("resources › web-1");
        await run.TypeAsync("dla", "Add account to web-1");
    }

    [Fact]
    public async Task Esc_takes_back_a_key_that_still_waits_for_its_account()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await BrowseAsync(vault, 80);
        run.Type("de");
        run.Type("\u0003");
        await run.SeesAsync("[Fields]");
        await run.SeesAsync("Username");
        Assert.DoesNotContain("Edit account", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_stays_while_one_moves_about_lies_on_no_row_and_goes_by_Esc_alone()
    {
        await using TestVault vault = await FilledAsync();
        for (int i = 0; i < 30; i++)
        {
            await vault.AddAccountAsync($"web-1/u{i}");
        }

        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "It does not accept the password."), null, TimeSpan.Zero);
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("c", "(#1 in the log)");
        await run.TypeAsync("G", "accounts › web-2/root");
        string[] rows = run.Screen.Split('\n');
        Assert.Contains("(#1 in the log)", rows[^2], StringComparison.Ordinal);
        Assert.Contains("web-2/root", rows[^3], StringComparison.Ordinal);
        await run.TypeAsync("kj\e[A", "accounts › web-1/u9");
        await run.SeesAsync("(#1 in the log)");

        run.Type("\e");
        await run.SeesNoMoreAsync("in the log");
        await run.SeesAsync("accounts › web-1/u9");
        await run.TypeAsync("c", "(#2 in the log)");
        run.Type("v");
        await run.SeesAsync("Columns");
        await run.SeesNoMoreAsync("in the log");
    }

    [Fact]
    public async Task A_failure_is_found_in_the_log_by_its_number()
    {
        await using TestVault vault = await FilledAsync();
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "web-1.example refuses connections on port 22."), null, TimeSpan.Zero);
        Lines log = new();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts", options: new ShellOptions { Logs = log });
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("c", "(#1 in the log)");
        Assert.Contains("local:root was told (#1): web-1/root: web-1.example refuses connections on port 22.", log.All);
    }

    [Fact]
    public async Task What_is_done_is_said_and_goes_by_itself()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("c", "web-1/root signs in");
        await run.SeesNoMoreAsync("web-1/root signs in");
    }

    [Fact]
    public async Task While_a_host_does_not_answer_one_goes_on_and_Esc_stops_it()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await ShellRun.StartAsync(
            vault,
            async (_, ct) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return TestVault.Passed;
            },
            place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("c", "Checking web-1/root… Esc stops it.");
        await run.SeesAsync("working…");
        await run.TypeAsync("j", "accounts › web-2/root");
        await run.TypeAsync("3", "resources › web-1");
        await run.TypeAsync("\e", "The check was stopped.");
        await run.SeesNoMoreAsync("working…");
        await run.SeesAsync("resources › web-1");
    }

    [Theory]
    [InlineData(":")]
    [InlineData("\u0010")]
    public async Task The_palette_shows_the_key_of_what_it_does(string key)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync(key, "Go to, or do");
        await run.TypeAsync("go to audit", "│ 5                go to audit");
        await run.TypeAsync("\r", "AUDIT");
    }

    [Fact]
    public async Task The_help_of_a_screen_is_narrowed_by_typing_and_does_what_is_picked()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("?", "type to find a key");
        await run.TypeAsync("details", "│ d                details");
        await run.TypeAsync("\r", "web-1 › root");
        await run.SeesAsync("[Fields]");
    }

    [Fact]
    public async Task The_row_one_is_at_stays_the_one_when_others_come_before_it()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("j", "accounts › web-2/root");
        await vault.AddResourceAsync("a");
        for (int i = 0; i < 250; i++)
        {
            await vault.AddAccountAsync($"a/u{i}");
        }

        await run.TypeAsync("r", "252");
        await run.SeesAsync("accounts › web-2/root");
        await run.TypeAsync("k", "accounts › web-1/root");
    }

    [Theory]
    [InlineData("accounts", "press")]
    [InlineData("resources", "press a")]
    [InlineData("sessions", "Enter on an account begins one.")]
    [InlineData("groups", "press a")]
    [InlineData("grants", "press a")]
    [InlineData("import", "press o")]
    public async Task An_empty_list_says_why_and_which_key_helps(string place, string words)
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault, place: place);
        await run.SeesAsync(words);
        if (place != "import")
        {
            await run.TypeAsync("/", place.ToUpperInvariant());
            await run.TypeAsync("nothing\r", "Nothing matches the filter.");
            await run.SeesAsync("Esc clears it.");
        }
    }

    [Fact]
    public async Task Buttons_are_reached_by_arrows_and_letters_and_Cancel_is_where_one_begins()
    {
        await using TestVault vault = await FilledAsync();
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new("root", "web-1/*", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, place: "grants");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("x", "Revoke grant 1");
        run.Type("\r");
        await run.SeesNoMoreAsync("Revoke grant 1");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("x", "Revoke grant 1");
        run.Type("hl\e[D\r");
        await run.SeesNoMoreAsync("Revoke grant 1");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("x", "Revoke grant 1");
        await run.TypeAsync("ll\r", "is revoked.");
    }

    [Fact]
    public async Task What_another_program_wrote_over_the_screen_is_painted_over()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        run.Channel.Write("\e[12;20Ha message to all"u8.ToArray());
        await run.SeesAsync("a message to all");
        run.Type("\u000c");
        await run.SeesNoMoreAsync("a message to all");
        await run.SeesAsync("accounts › web-1/root");
    }

    [Fact]
    public async Task Any_size_at_any_moment_leaves_a_whole_screen()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("e", "Edit account web-1/root");
        Random random = new(5);
        for (int i = 0; i < 40; i++)
        {
            run.Channel.Resize(random.Next(1, 240), random.Next(1, 90));
        }

        run.Channel.Resize(59, 30);
        await run.SeesAsync("Too small: 59x30, needs 60x15.");
        run.Channel.Resize(80, 24);
        await run.SeesAsync("[ Check and save ]");
        await run.SeesAsync("[ Cancel ]");
        run.Type("\e");
        await run.SeesNoMoreAsync("Edit account");
        run.Channel.Resize(60, 14);
        await run.SeesAsync("Too small: 60x14, needs 60x15.");
        run.Channel.Resize(60, 15);
        await run.SeesAsync("accounts › web-1/root");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dialog_higher_than_the_terminal_shows_the_part_with_the_focus(bool shrinks)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, rows: shrinks ? 24 : 16, place: "accounts");
        await run.SeesAsync("accounts › web-1/root");
        await run.TypeAsync("e", "Edit account web-1/root");
        run.Channel.Resize(80, 16);
        await run.SeesNoMoreAsync("[ Check and save ]");
        run.Type("\e[Z");
        await run.SeesAsync("[ Check and save ]");
        await run.SeesNoMoreAsync("Edit account web-1/root");
        run.Type("\t");
        await run.SeesAsync("Edit account web-1/root");
        run.Channel.Resize(80, 24);
        await run.SeesAsync("[ Check and save ]");
    }

    [Fact]
    public async Task On_the_linux_console_every_sign_is_in_its_font()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await using ShellRun run = ShellRun.Start(vault, term: "linux", place: "accounts");
        await run.SeesAsync("accounts > web-1/deploy");
        foreach ((string keys, string sees) in ((string, string)[])[("f", "* fav"), ("suser\r", "USERNAME ^"), ("S", "USERNAME v"), (" ", "1 marked"), ("v", "_ name")])
        {
            await run.TypeAsync(keys, sees);
            Assert.DoesNotContain(run.Screen, static c => c > '~');
        }
    }

    private static async Task<ShellRun> BrowseAsync(TestVault vault, int columns)
    {
        ShellRun run = ShellRun.Start(vault, columns: columns);
        await run.SeesAsync("web-1/root");
        await run.TypeAsync("\t", "› web-1/root");
        return run;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("web-2");
        await vault.AddAccountAsync("web-1/root", username: "root");
        await vault.AddAccountAsync("web-2/root", username: "root");
        return vault;
    }

    /// <summary>What is logged, line by line.</summary>
    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
