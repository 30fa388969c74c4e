using System.Diagnostics;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Users;
using PamTui.Ssh.Tests.Fuzz;
using PamTui.Tests.CoreTests;
using PamTui.Tests.Tui;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Fuzz;

/// <summary>Keys and bytes on every page of the full screen, by several people on one vault at once.</summary>
public sealed class PageFuzzTests
{
    private const string OneStepBack = "\u0003";

    // Whatever sequence or paste was begun ends here, and the screen is painted again.
    private const string EndAndPaint = "\a\e\\\e[201~\u000c";

    private const int PiecesOfPage = 40;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // By its key where it has one, else by its name in the palette, else from a list.
    private static readonly string[] s_ways = ["1", "b", "2", "3", "4", "5", "6", "7", "8", "9", ":import\r", "2d", "3d", "6\r", "7\r", "2z\r", "\u0010settings\r"];

    private static readonly string[] s_keys =
    [
        "\r", "\t", "\e[Z", " ", "j", "k", "g", "G", "h", "l", "\e[A", "\e[B", "\e[C", "\e[D", "\e[5~", "\e[6~", "\e[H", "\e[F", "\e[3~", "\x7f", OneStepBack, "\u0013", "\u0015",
        "a", "c", "d", "e", "f", "m", "n", "N", "o", "p", "r", "s", "S", "t", "u", "v", "w", "x", "y", "z", "D", "E", "F", "K", "M", "R", "*", "/", ":", "?", "\u0010",
        "env=prod", "web-1", "deploy", "key=value\r", "+8h", "@mine", "\"", "\u754c\u0301\u202e", "\e[200~a=1\nb=2\n\e[201~", "\e[200~resource,host\nnew,10.0.0.9\n\e[201~",
        "\e[<0;9;5M\e[<0;9;5m", "\e[<64;20;9M", "\e[<0;30;3M\e[<0;30;3m\e[<0;30;3M\e[<0;30;3m",
    ];

    [Fact]
    public async Task E1_any_keys_on_any_page_by_many_at_once_end_no_session_and_every_terminal_is_given_back()
    {
        long start = Stopwatch.GetTimestamp();
        int round = 0;
        do
        {
            await RoundAsync(round++);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < FuzzRun.Seconds);
    }

    private static async Task RoundAsync(int round)
    {
        await using TestVault vault = await FilledAsync();
        Actor carol = await vault.AddUserAsync("carol", Role.Admin);
        Actor bob = await vault.AddUserAsync("bob");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("bob", "web-1/*", Capability.Connect | Capability.Manage | Capability.Reveal), TestVault.Ct));
        (Actor Who, int Columns, int Rows)[] people = [(Actor.Local("root"), 80, 24), (carol, 120, 40), (bob, 100, 30), (Actor.Local("root"), 61, 15)];
        await Task.WhenAll(people.Select((person, i) => Task.Run(() => WanderAsync(vault, person.Who, person.Columns, person.Rows, (round * people.Length) + i), TestVault.Ct)));
    }

    private static async Task WanderAsync(TestVault vault, Actor who, int columns, int rows, int seed)
    {
        Random random = new(seed);
        StringBuilder typed = new();
        ShellState state = new();
        ShellRun run = ShellRun.Start(vault, who, columns, rows, state, place: "home");
        try
        {
            foreach (string way in s_ways.OrderBy(_ => random.Next()).ToArray())
            {
                run = await OnAsync(OneStepBack + OneStepBack + OneStepBack + OneStepBack);
                run = await OnAsync(way);
                for (int i = 0; i < PiecesOfPage; i++)
                {
                    run = await OnAsync(random.Next(4) == 0 ? InputTests.Piece(random) : s_keys[random.Next(s_keys.Length)]);
                    if (random.Next(60) == 0)
                    {
                        run.Channel.Resize(random.Next(0, 300), random.Next(0, 100));
                    }
                }

                run = await OnAsync("");
                await AnswersAsync(run);
            }

            run.Channel.Close();
            await GivenBackAsync(run);
        }
        catch (Exception fault)
        {
            Assert.Fail($"seed {seed}, {who.Name} at {columns}x{rows}, typed last {Text.Quote(typed.ToString()[^Math.Min(typed.Length, 600)..], 4096)}:\n{fault}\n{run.Screen}");
        }

        // Who left, or connected, is back at once where he was.
        async Task<ShellRun> OnAsync(string keys)
        {
            ShellRun now = run;
            if (now.Outcome.IsCompleted)
            {
                await GivenBackAsync(now);
                now = ShellRun.Start(vault, who, columns, rows, state, place: "home");
                typed.Clear();
            }

            typed.Append(keys);
            now.Type(keys);
            return now;
        }
    }

    // It has taken all that was typed: it paints when it is told to. Or it has ended by then, which is an answer too.
    private static async Task AnswersAsync(ShellRun run)
    {
        int before = run.Channel.Writes;
        run.Type(EndAndPaint);
        long start = Stopwatch.GetTimestamp();
        while (run.Channel.Writes == before && !run.Outcome.IsCompleted)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "It does not paint any more.");
            run.Type("\u000c");
            await Task.WhenAny(run.Outcome, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }
    }

    private static async Task GivenBackAsync(ShellRun run)
    {
        await run.Outcome;
        Assert.Equal(["25"], run.Channel.Screen.Modes);
        Assert.Empty(run.Channel.Screen.Unknown);
    }

    // Nobody answers at port 1 of the machine itself: what goes to a target is refused at once.
    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        foreach ((string name, ResourceKind kind, string pairs) in new[] { ("web-1", ResourceKind.Linux, "env=prod"), ("db", ResourceKind.PostgreSql, "owner=\u65e5\u672c\u8a9e"), ("web-2", ResourceKind.Linux, "") })
        {
            ResourceDraft draft = new(name, kind, "127.0.0.1", 1, kind == ResourceKind.Linux ? null : "main", TlsMode.Verify, null, [], false, "", TestVault.Pairs(pairs));
            TestVault.Ok(await vault.Product.Resources.AddAsync(TestVault.Local, draft, TestVault.Ct));
        }

        foreach (string account in (string[])["web-1/deploy", "web-1/root", "db/app", "web-2/root"])
        {
            await vault.AddAccountAsync(account, "team=web note=a\u202eb");
        }

        TestVault.Ok(await vault.Product.Groups.AddAsync(TestVault.Local, "ops", TestVault.Ct));
        return vault;
    }
}
