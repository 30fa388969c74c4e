using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>What is seen at the machine between the start of the program and its first screen.</summary>
public sealed class OpeningTests
{
    private const string Opening = "opening the vault";

    [Fact]
    public async Task While_the_vault_is_opened_that_is_said_and_then_the_screens_come()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using Vault owned = vault;
        string settings = Path.Combine(vault.Data, "appsettings.json");

        // The settings are read by whoever opens a pipe to their end: the start stands still until this test has written them.
        (await Run.ProgramAsync("mkfifo", [settings])).Succeeded();
        await using Tmux terminal = await StartAsync(vault);
        string screen = await terminal.SeesAsync(Opening);

        // Typed ahead: the screens get it.
        await terminal.PressAsync("2");
        await File.WriteAllTextAsync(settings, "{}");
        await terminal.SeesAsync("No accounts");
        await terminal.SeesAsync("› accounts");
        await terminal.PressAsync("q");

        Assert.StartsWith(" PamTui", screen, StringComparison.Ordinal);
        Assert.Equal(0, await terminal.EndsAsync());
        Assert.DoesNotContain("PamTui", await terminal.HistoryAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_says_why_on_the_terminal_as_it_was()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using Vault owned = vault;
        vault.Settings("""{ "Gatway": {} }""");
        await using Tmux terminal = await StartAsync(vault);

        Assert.Equal(2, await terminal.EndsAsync());
        string all = await terminal.HistoryAsync();
        Assert.Contains("There is no setting 'Gatway'", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Opening, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_with_a_passphrase_asks_for_it_on_the_terminal_as_it_was()
    {
        using TempFolder files = new();
        string data = files.PathOf("data");
        await using Tmux terminal = await Tmux.StartAsync(
            80, 24, ["/bin/sh", "-c", $"{Vault.Program} init --data {data} --admin alice --master-key passphrase && {Vault.Program} --data {data}"]);
        await terminal.SeesAsync("New passphrase of the vault:");
        await AnswerAsync(terminal, "The same once more:");
        await AnswerAsync(terminal, "Passphrase of the vault:");
        string screen = await terminal.SeesAsync("Passphrase of the vault:");
        await AnswerAsync(terminal, "No accounts yet");
        await terminal.PressAsync("q");

        Assert.DoesNotContain(Opening, screen, StringComparison.Ordinal);
        Assert.Equal(0, await terminal.EndsAsync());
    }

    private static async Task AnswerAsync(Tmux terminal, string sees)
    {
        await terminal.TypeAsync("correct horse");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync(sees);
    }

    private static Task<Tmux> StartAsync(Vault vault) => Tmux.StartAsync(80, 24, [Vault.Program, "--data", vault.Data]);
}
