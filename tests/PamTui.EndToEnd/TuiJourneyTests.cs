using System.Globalization;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>What a person does on the full screen, driven in a real terminal: at the machine itself, and through a stock `ssh`.</summary>
public sealed class TuiJourneyTests
{
    [Fact]
    public async Task First_run_makes_the_vault_and_says_what_to_do_next()
    {
        using TempFolder files = new();
        string data = files.PathOf("vault");
        await using Tmux terminal = await Tmux.StartAsync(80, 24, [Vault.Program, "--data", data], new Dictionary<string, string> { ["HOME"] = files.Path });

        await terminal.SeesAsync("Welcome to PamTui");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("Key line is missing.");
        await terminal.PressAsync("Up", "Right", "C-s");
        await terminal.SeesAsync("No accounts yet: press a to add a resource");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.True(File.Exists(Path.Combine(data, "vault.db")));
    }

    [Fact]
    public async Task At_the_machine_a_resource_and_an_account_are_added_found_and_used()
    {
        await using World world = await World.StartAsync(target: ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"]);
        await using TestUser user = await TestUser.MakeAsync();
        await using Agent agent = await Agent.StartAsync(world.Alice);
        Dictionary<string, string> environment = new()
        {
            ["SSH_AUTH_SOCK"] = agent.Socket,
            ["PAMTUI__Gateway__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{world.Gateway.Port}"),
        };
        await using Tmux terminal = await Tmux.StartAsync(80, 24, [Vault.Program, "--data", world.Vault.Data], environment);
        await BrowseAsync(terminal);

        await AddResourceAsync(terminal, world.Target, "web-9");
        await AddAccountAsync(terminal, user);
        await FilterByMetadataAsync(terminal);
        await ConnectAndComeBackAsync(terminal, user);
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Equal("verified", (await world.Vault.LookAsync("account", "show", "web-9/ops")).GetProperty("checkState").GetString());
    }

    [Fact]
    public async Task Over_ssh_the_same_screen_adds_finds_and_connects_and_the_terminal_is_as_before()
    {
        await using World world = await World.StartAsync(target: ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"]);
        await using TestUser user = await TestUser.MakeAsync();
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-F", world.Config, "gw"]);
        await BrowseAsync(terminal);

        await AddResourceAsync(terminal, world.Target, "web-9");
        await AddAccountAsync(terminal, user);
        await FilterByMetadataAsync(terminal);
        await ConnectAndComeBackAsync(terminal, user);
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Contains("alice", (await world.Vault.HereAsync("session", "list")).Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_ssh_a_credential_is_revealed_for_a_reason_and_a_key_is_made_in_the_vault()
    {
        await using World world = await World.StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-F", world.Config, "gw"]);
        await BrowseAsync(terminal);
        await terminal.PressAsync("l", "R");
        await terminal.SeesAsync("web-1/deploy is production (env=prod).");
        await terminal.TypeAsync("deploy");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Why do you need it?");
        await terminal.TypeAsync("ticket 4711");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("PRIVATE KEY");
        await terminal.PressAsync("x");
        await terminal.SeesNoMoreAsync("PRIVATE KEY");

        await terminal.PressAsync("h", "j", "l", "a");
        await terminal.SeesAsync("Add account to web-1");
        await terminal.TypeAsync("robot");
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync("robot");
        await terminal.PressAsync("Enter", "Space", "Enter");
        await terminal.SeesAsync("(pasted)");
        await terminal.PressAsync("Space", "C-s");
        await terminal.SeesAsync("Public key of web-1/robot");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Copied: the public key");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.DoesNotContain("PRIVATE KEY", await terminal.HistoryAsync(), StringComparison.Ordinal);
        Assert.Contains("ticket 4711", (await world.Vault.HereAsync("account", "history", "web-1/deploy")).Succeeded().Text, StringComparison.Ordinal);
        Assert.Equal("unverified", (await world.Vault.LookAsync("account", "show", "web-1/robot")).GetProperty("checkState").GetString());
    }

    [Fact]
    public async Task Over_ssh_an_account_is_found_and_kept_and_a_server_comes_in_by_a_paste()
    {
        await using World world = await World.StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await terminal.SeesAsync("YOUR ACCOUNTS");
        await terminal.PressAsync("/");
        await terminal.SeesAsync("ACCOUNT            ");
        await terminal.TypeAsync("name=deploy");
        await terminal.SeesAsync("1/1");
        await terminal.PressAsync("Enter", "f");
        await terminal.SeesAsync("★ fav");
        await terminal.PressAsync("1");
        await terminal.SeesAsync("★ fav  web-1/deploy");

        await terminal.PressAsync(":");
        await terminal.SeesAsync("Go to, or do");
        await terminal.TypeAsync("import");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("No file yet: press o, paste the text");
        await terminal.PressAsync("o");
        await terminal.SeesAsync("First key");
        await terminal.PasteAsync("resource,host,meta.env\nweb-7,10.0.0.77,test\n");
        await terminal.SeesAsync("2 lines");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("1 new, 0 differ");
        await terminal.PressAsync("w");
        await terminal.SeesAsync("what differs is changed");
        await terminal.PressAsync("w");
        await terminal.SeesAsync("what differs stops it all");
        await terminal.PressAsync("w", "u");
        await terminal.SeesAsync("what differs stays  accounts are saved unchecked");
        await terminal.PressAsync("u");
        await terminal.SeesAsync("accounts sign in first");
        await terminal.PressAsync("i");
        await terminal.SeesAsync("1 is added");
        await terminal.PressAsync("Tab", "Enter");
        await terminal.SeesAsync("1 added, 0 updated, 0 skipped, 0 failed");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Equal("10.0.0.77", (await world.Vault.LookAsync("resource", "show", "web-7")).GetProperty("host").GetString());
        Assert.Contains("web-1/deploy", (await world.SshAsync("gw", "account favourite list")).Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_ssh_an_account_with_certificates_is_added_once_its_target_trusts_the_gateway_and_is_used()
    {
        using TempFolder target = new(readableByAll: true);
        string trusted = target.PathOf("ca.pub");
        await using World world = await World.StartAsync(target: ["TrustedUserCAKeys " + trusted]);
        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await BrowseAsync(terminal);
        await terminal.PressAsync("j", "l", "a");
        await terminal.SeesAsync("Add account to web-1");
        await terminal.TypeAsync("robot");
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync(Environment.UserName);
        await terminal.PressAsync("Enter", "Space");
        await terminal.SeesAsync("(private-key)");
        await terminal.PressAsync("Space");
        await terminal.SeesAsync("(certificate)");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("resource trust-ca");

        await File.WriteAllTextAsync(trusted, (await world.Vault.HereAsync("resource", "trust-ca", "web-1")).Succeeded().Text);
        await terminal.PressAsync("C-s");
        await terminal.SeesNoMoreAsync("Add account");
        await terminal.SeesAsync("● robot");
        await terminal.PressAsync("R");
        await terminal.SeesAsync("each session has a certificate of its own");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync(Environment.UserName + "@");
        await terminal.TypeAsync("echo I am $(id -un)");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("I am " + Environment.UserName);
        await terminal.TypeAsync("exit");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("● robot");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        await world.Target.LineAsync("ID pamtui user=alice account=web-1/robot");
    }

    [Fact]
    public async Task Terminal_that_shrinks_and_grows_keeps_a_whole_screen()
    {
        await using World world = await World.StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(120, 36, ["ssh", "-F", world.Config, "gw"]);
        await BrowseAsync(terminal);

        await terminal.ResizeAsync(66, 20);
        await terminal.SeesNoMoreAsync("ACCOUNTS");
        await terminal.ResizeAsync(100, 30);
        await terminal.SeesAsync("ACCOUNTS");

        await terminal.SeesAsync("web-1/deploy");
        await terminal.PressAsync("q");
        Assert.Equal(0, await terminal.EndsAsync());
    }

    private static async Task BrowseAsync(Tmux terminal)
    {
        await terminal.SeesAsync("YOUR ACCOUNTS");
        await terminal.SeesAsync("web-1/deploy");
        await terminal.PressAsync("b");
        await terminal.SeesAsync("RESOURCES");
        await terminal.SeesAsync("\n web-1 ");
        await terminal.SeesAsync("web-1/deploy");
    }

    private static async Task AddResourceAsync(Tmux terminal, Sshd target, string name)
    {
        await terminal.PressAsync("a");
        await terminal.SeesAsync("Add resource");
        await terminal.TypeAsync(name);
        await terminal.PressAsync("Enter", "Enter");
        await terminal.TypeAsync(Sshd.Host);
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync(target.Port.ToString(CultureInfo.InvariantCulture));
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync(target.HostKey.Fingerprint);
        await terminal.PressAsync("C-s");
        await terminal.SeesNoMoreAsync("Add resource");
        await terminal.SeesAsync("ACCOUNTS of " + name);
    }

    // First with a password that is wrong: the check says so, nothing is saved, and the form is still there to correct it.
    private static async Task AddAccountAsync(Tmux terminal, TestUser user)
    {
        await terminal.PressAsync("l", "a");
        await terminal.SeesAsync("Add account to web-9");
        await terminal.TypeAsync("ops");
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync(user.Name);
        await terminal.PressAsync("Enter", "Enter");
        await terminal.TypeAsync("not the password");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("✗ sign in");

        string screen = await terminal.SeesAsync("∙∙∙∙");
        Assert.DoesNotContain("not the password", screen, StringComparison.Ordinal);

        // The focus is on the button: back over metadata, description, privilege and alias to the password, and replace it.
        await terminal.PressAsync("Up", "Up", "Up", "Up", "Up");
        await terminal.SeesAsync("never trimmed");
        await terminal.PressAsync("C-u");
        await terminal.TypeAsync(user.Password);
        await terminal.PressAsync("C-s");
        await terminal.SeesNoMoreAsync("Add account");
        await terminal.SeesAsync("● ops");
    }

    private static async Task FilterByMetadataAsync(Tmux terminal)
    {
        await terminal.PressAsync("m");
        await terminal.SeesAsync("Metadata of web-9/ops");
        await terminal.PressAsync("a");
        await terminal.SeesAsync("key=value");
        await terminal.TypeAsync("team=night shift");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("night shift");
        await terminal.PressAsync("C-s");
        await terminal.SeesNoMoreAsync("Metadata of");

        // All accounts, of which the filter leaves one; what does not parse is said in place.
        await terminal.PressAsync("h", "g", "l", "/");
        await terminal.TypeAsync("team=\"night");
        await terminal.SeesAsync("quot");
        await terminal.TypeAsync(" shift\"");
        await terminal.SeesAsync("1/2");
        await terminal.PressAsync("Enter");
        string left = await terminal.SeesAsync("web-9/ops");
        Assert.DoesNotContain("web-1/deploy", left, StringComparison.Ordinal);
    }

    private static async Task ConnectAndComeBackAsync(Tmux terminal, TestUser user)
    {
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync(user.Name + "@");
        await terminal.TypeAsync("echo I am $(id -un), $(stty size)");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync($"I am {user.Name}, 24 80");
        await terminal.TypeAsync("exit");
        await terminal.PressAsync("Enter");

        // The same place in the list: the filter is kept, the account is selected.
        await terminal.SeesAsync("1/2");
        await terminal.SeesAsync("web-9/ops");
    }
}
