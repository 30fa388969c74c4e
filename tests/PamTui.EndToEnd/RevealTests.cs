using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>`account reveal` with the built program: the credential is on the one channel that was asked for, and nowhere else.</summary>
public sealed class RevealTests
{
    private readonly string _secret = "r3v34l-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task D6_Over_ssh_with_a_terminal_it_asks_why_shows_and_takes_it_off_the_screen_with_nothing_to_scroll_back_to()
    {
        await using World world = await StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "-tt", "gw", "account reveal web-1/pw"]);

        await terminal.SeesAsync("Why do you need the credential of web-1/pw?");
        await terminal.TypeAsync("ticket 4711");
        await terminal.PressAsync("Enter");
        Assert.Contains("Password:   " + _secret, await terminal.SeesAsync("Enter takes it away now."), StringComparison.Ordinal);

        // The row is there while the value is on the screen.
        string history = (await world.Vault.RunAsync("account", "history", "web-1/pw")).Succeeded().Text;
        Assert.Contains("account.reveal", history, StringComparison.Ordinal);
        Assert.Contains("ticket 4711", history, StringComparison.Ordinal);

        await terminal.PressAsync("Enter");
        Assert.Equal(0, await terminal.EndsAsync());
        Assert.DoesNotContain(_secret, await terminal.HistoryAsync(), StringComparison.Ordinal);
        await NowhereElseAsync(world);
    }

    [Fact]
    public async Task D6_Over_ssh_on_the_clipboard_it_is_sent_to_the_terminal_once_and_taken_off_again()
    {
        await using World world = await StartAsync();
        string lent = "\e]52;c;" + Convert.ToBase64String(Encoding.ASCII.GetBytes(_secret)) + "\a";
        await using ServerProcess ssh = world.StartSsh("-tt", "gw", "account reveal web-1/pw --reason 'ticket 4711' --clipboard");

        await ssh.LineAsync(lent);
        await ssh.Input.WriteAsync("\r"u8.ToArray(), Ct);
        await ssh.Input.FlushAsync(Ct);
        await ssh.ExitedAsync();

        string sent = ssh.Log;
        Assert.Equal(0, ssh.ExitCode);
        string after = sent[(sent.IndexOf(lent, StringComparison.Ordinal) + lent.Length)..];
        // A blank first: tmux takes no notice of an empty clipboard.
        Assert.Contains("\e]52;c;IA==\a\e]52;c;\a", after, StringComparison.Ordinal);
        LeakHunt again = new();
        again.For("the password", _secret);
        again.Look("what the terminal got besides", sent.Replace(lent, "", StringComparison.Ordinal));
        again.FoundNothing();
        await NowhereElseAsync(world);
    }

    [Fact]
    public async Task D6_Into_a_file_it_is_in_that_file_alone()
    {
        await using World world = await StartAsync();
        string file = world.Files.PathOf("secret");

        (await world.Vault.RunAsync("account", "reveal", "web-1/pw", "--reason", "ticket 4711", "--output", file)).Succeeded();

        Assert.Equal(_secret, await File.ReadAllTextAsync(file, Ct));
        await NowhereElseAsync(world);
    }

    private async Task<World> StartAsync()
    {
        World world = await World.StartAsync("""{ "Logging": { "Level": "Debug", "File": "gateway.log" } }""");
        (await world.Vault.RunWithInputAsync(_secret + "\n", "account", "add", "web-1/pw", "--username", "nobody", "--password-stdin", "--unverified")).Succeeded();
        return world;
    }

    private async Task NowhereElseAsync(World world)
    {
        LeakHunt hunt = new();
        hunt.For("the password", _secret);
        await world.Vault.RunAsync("account", "history", "web-1/pw", "--json");
        await world.Vault.RunAsync("audit", "list", "--json");
        await hunt.LookIntoAsync(world);
        hunt.FoundNothing();
    }
}
