using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;
using Encoding = System.Text.Encoding;

namespace PamTui.Tests.Tui;

public sealed class SettingsPageTests
{
    private const string DarkGround = "48;5;233";

    private static readonly GatewayKey s_key = new("ssh-ed25519", "SHA256:" + new string('B', 43), "ssh-ed25519 AAAA");

    [Fact]
    public async Task A_theme_is_chosen_at_once_and_kept_for_the_person()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using (ShellRun run = ShellRun.Start(vault))
        {
            await run.SeesAsync("press a to add the first");
            await run.TypeAsync("9", "HOST KEYS OF THE GATEWAY");
            Assert.DoesNotContain(DarkGround, run.Channel.Screen.LookAt(40, 12), StringComparison.Ordinal);
            await run.TypeAsync("t", "■ terminal");
            await run.TypeAsync("dark\r", "Your theme is dark.");
            await run.Channel.UntilAsync(screen => screen.LookAt(40, 12).Contains(DarkGround, StringComparison.Ordinal), "a dark ground");
            await run.SeesAsync("dark: light text on a dark ground");
        }

        Assert.Equal(ThemeChoice.Dark, TestVault.Ok(await vault.Product.PersonalSettings.ThemeAsync(TestVault.Local, TestVault.Ct)));
        await using ShellRun again = ShellRun.Start(vault);
        await again.SeesAsync("press a to add the first");
        Assert.Contains(DarkGround, again.Channel.Screen.LookAt(40, 12), StringComparison.Ordinal);

        Actor alice = await vault.AddUserAsync("alice");
        await using ShellRun other = ShellRun.Start(vault, alice);
        await other.SeesAsync("Nothing is granted to you yet.");
        Assert.DoesNotContain(DarkGround, other.Channel.Screen.LookAt(40, 12), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_theme_that_is_set_elsewhere_is_seen_by_who_is_signed_in_and_by_nobody_else()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");
        await using ShellRun run = ShellRun.Start(vault, place: "settings");
        await using ShellRun other = ShellRun.Start(vault, alice, place: "settings");
        await run.SeesAsync("terminal: text and ground");
        await other.SeesAsync("terminal: text and ground");
        TestVault.Ok(await vault.Product.PersonalSettings.SetThemeAsync(TestVault.Local, ThemeChoice.Dark, TestVault.Ct));
        await Servers.Poll.UntilAsync("the theme is seen", () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return run.Channel.Screen.LookAt(40, 20).Contains(DarkGround, StringComparison.Ordinal);
        });
        await run.SeesAsync("dark: light text on a dark ground");
        Assert.Contains("terminal: text and ground", other.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain(DarkGround, other.Channel.Screen.LookAt(40, 20), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ThemeChoice.Terminal)]
    [InlineData(ThemeChoice.Light)]
    [InlineData(ThemeChoice.HighContrast)]
    public async Task No_color_wins_over_each_theme_and_what_is_selected_is_still_seen(ThemeChoice theme)
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        TestVault.Ok(await vault.Product.PersonalSettings.SetThemeAsync(TestVault.Local, theme, TestVault.Ct));
        (MemoryChannel channel, Task<ShellOutcome> running) = Start(vault, new ShellOptions { NoColor = true });
        await channel.UntilShownAsync("LIVE SESSIONS");
        channel.Type("3");
        await channel.UntilAsync(screen => screen.LookAt(4, 3).Contains('7', StringComparison.Ordinal), "a reversed row");
        channel.Type("9");
        await channel.UntilShownAsync("NO_COLOR is set");

        Assert.DoesNotMatch(@"\e\[(3|4|9|10)\d[;m]", Encoding.UTF8.GetString(channel.Everything));
        channel.Close();
        await running;
    }

    [Fact]
    public async Task Host_keys_of_the_gateway_are_shown_to_everybody_and_copied_where_things_are_to_admins_only()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        ShellOptions options = new() { GatewayHost = "gw", GatewayPort = 2222, HostKeys = () => [s_key], Version = "9.9.9, build abcdef12", DataFolder = "/data/here", LogPlace = "/data/here/log" };
        (MemoryChannel channel, Task<ShellOutcome> running) = Start(vault, options, await vault.AddUserAsync("alice"));
        await channel.UntilShownAsync("LIVE SESSIONS");
        channel.Type("9");
        await channel.UntilShownAsync(s_key.Fingerprint);
        await channel.UntilShownAsync("pamtui 9.9.9, build abcdef12");
        Assert.DoesNotContain("/data/here", channel.Text(), StringComparison.Ordinal);
        channel.Type("y");
        await channel.UntilShownAsync("a line for known_hosts: ssh-ed25519");
        channel.Type("known\r");
        await channel.UntilShownAsync("Copied: a line for known_hosts");
        Assert.Contains(Convert.ToBase64String("[gw]:2222 ssh-ed25519 AAAA"u8), Encoding.UTF8.GetString(channel.Everything), StringComparison.Ordinal);
        channel.Close();
        await running;

        (channel, running) = Start(vault, options);
        await channel.UntilShownAsync("LIVE SESSIONS");
        channel.Type("9");
        await channel.UntilShownAsync("/data/here/log");
        channel.Close();
        await running;
    }

    [Fact]
    public async Task Keys_of_all_screens_are_found_from_everywhere_and_lead_there()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120);
        await run.SeesAsync("press a to add the first");
        await run.TypeAsync("M", "Keys of all screens");
        await run.SeesAsync("everywhere: ");
        await run.TypeAsync("audit: verify", "audit: verify: follow the hash chain");
        await run.TypeAsync("\r", "AUDIT");
    }

    [Fact]
    public async Task A_member_sees_why_a_screen_is_not_for_him_among_the_keys_of_all()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault, await vault.AddUserAsync("alice"), columns: 120);
        await run.SeesAsync("Nothing is granted to you yet.");
        await run.TypeAsync("M", "Keys of all screens");
        await run.TypeAsync("users: add", "Only an admin may do that.");
    }

    private static (MemoryChannel Channel, Task<ShellOutcome> Running) Start(TestVault vault, ShellOptions options, Actor? actor = null)
    {
        MemoryChannel channel = new(columns: 100);
        Shell shell = new(vault.Product, actor ?? TestVault.Local, options, vault.Time);
        return (channel, shell.RunAsync(channel, new ShellState(), TestVault.Ct));
    }
}
