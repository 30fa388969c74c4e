using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

public sealed class PaletteTests
{
    [Theory]
    [InlineData("remove the account", "rta", true)]
    [InlineData("remove the account", "rmv", true)]
    [InlineData("remove the account", "xyz", false)]
    [InlineData("web-1/deploy", "w1dep", true)]
    [InlineData("account web-1/deploy", "dep web", true)]
    [InlineData("account web-1/deploy", "web root", false)]
    [InlineData("anything", "", true)]
    [InlineData("go to settings: theme, all keys, host keys", "theme", true)]
    public void Typed_letters_must_be_in_the_words_in_their_order(string words, string typed, bool fits) => Assert.Equal(fits, Fuzzy.Score(words, typed) is not null);

    [Fact]
    public void Starts_of_words_fit_better_than_letters_inside() =>
        Assert.True(Fuzzy.Score("edit metadata", "em") > Fuzzy.Score("remember", "em"));

    [Fact]
    public void A_word_typed_as_it_is_fits_better_than_its_letters_here_and_there() =>
        Assert.True(Fuzzy.Score("browse: remove the resource", "remove") > Fuzzy.Score("resources: metadata of each: values", "remove"));

    [Fact]
    public void The_mark_before_a_name_does_not_keep_it_from_being_the_first_word() =>
        Assert.True(Fuzzy.Score("□ light: dark text on a white ground", "light") > Fuzzy.Score("□ dark: light text on a dark ground", "light"));

    [Fact]
    public async Task Any_account_is_found_by_its_name_from_anywhere_and_esc_comes_back()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("web-2");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-2/backup");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-2/backup");
        await run.TypeAsync(":", "Go to, or do");
        await run.TypeAsync("backup", "account web-2/backup");
        await run.TypeAsync("\r", "Rotated");
        await run.SeesAsync("› web-2 › backup");
        await run.TypeAsync("\e", "RESOURCES");
        await run.SeesNoMoreAsync("Rotated");
    }

    [Fact]
    public async Task What_is_called_as_it_was_typed_is_the_first_however_fast_enter_follows()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/root");
        await vault.AddAccountAsync("web-1/deploy");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/root");

        // "root" also has its letters here and there in "go to groups: groups of users and their members".
        await run.TypeAsync(":", "Go to, or do");
        await run.TypeAsync("root\r", "› web-1 › root");
        await run.TypeAsync(":", "Go to, or do");
        await run.TypeAsync("web dep\r", "› web-1 › deploy");
    }

    [Fact]
    public async Task A_list_that_goes_on_below_says_how_long_it_is()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("?", "Esc closes this.  1 of ");
        run.Type("\e[B");
        await run.SeesAsync("Esc closes this.  2 of ");
        run.Type("quit");
        await run.SeesNoMoreAsync(" of ");
    }

    [Fact]
    public async Task An_action_is_done_by_typing_part_of_its_words()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("\u0010", "Go to, or do");
        await run.TypeAsync("add", "add: a resource");
        await run.TypeAsync("\r", "Add resource");
    }

    [Fact]
    public async Task What_a_member_may_not_do_is_there_with_the_reason_and_does_nothing()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");
        await using ShellRun run = ShellRun.Start(vault, alice);
        await run.SeesAsync("Nothing is granted to you yet.");
        await run.TypeAsync("?", "Keys");
        await run.TypeAsync("addaresource", "Only an admin may do that.");
        await run.TypeAsync("\r", "Only an admin may do that.");
        await run.TypeAsync("\e", "Nothing is granted");
        await run.TypeAsync("a", "Only an admin may do that.");
        Assert.DoesNotContain("Add resource", run.Screen, StringComparison.Ordinal);
    }
}
