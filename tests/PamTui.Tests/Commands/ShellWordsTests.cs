using PamTui.Commands;
using PamTui.Core.Model;

namespace PamTui.Tests.Commands;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("account list", new[] { "account", "list" })]
    [InlineData("  account\tlist\n", new[] { "account", "list" })]
    [InlineData("account list 'env=prod OR owner' --json", new[] { "account", "list", "env=prod OR owner", "--json" })]
    [InlineData("a \"b c\" d", new[] { "a", "b c", "d" })]
    [InlineData("a\\ b", new[] { "a b" })]
    [InlineData("'' \"\"", new[] { "", "" })]
    [InlineData("a'b'\"c\"d", new[] { "abcd" })]
    [InlineData("\"a \\\" \\\\ \\n\"", new[] { "a \" \\ \\n" })]
    [InlineData("$(id) `id` ; | && > /etc/passwd *", new[] { "$(id)", "`id`", ";", "|", "&&", ">", "/etc/passwd", "*" })]
    [InlineData("a\\\nb", new[] { "ab" })]
    [InlineData("", new string[0])]
    public void A_command_is_split_as_a_shell_quotes_and_nothing_is_expanded(string line, string[] words) =>
        Assert.Equal(words, ShellWords.Split(line).Value);

    [Theory]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("a\\")]
    public void An_open_quote_is_refused(string line) => Assert.Equal(RefusalKind.Invalid, ShellWords.Split(line).Refusal!.Kind);

    [Fact]
    public void A_command_is_bounded()
    {
        Assert.Equal(RefusalKind.Invalid, ShellWords.Split(new string('a', ShellWords.MaxLength + 1)).Refusal!.Kind);
        Assert.Equal(RefusalKind.Invalid, ShellWords.Split(string.Concat(Enumerable.Repeat("a ", ShellWords.MaxWords + 2))).Refusal!.Kind);
    }
}
