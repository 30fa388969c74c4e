using System.CommandLine;
using PamTui.Commands;

namespace PamTui.Tests.Commands;

public sealed class CommandTreeTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Every_verb_has_help_with_an_example_that_names_it()
    {
        int verbs = 0;
        foreach ((string path, Command command) in Leaves(Tree(), ""))
        {
            verbs++;
            CommandLineHarness.Answer help = await _line.RunAsync(path + " --help");
            Assert.True(help.Code == 0, path + ": " + help);
            Assert.Contains("Usage:", help.Out, StringComparison.Ordinal);
            Assert.Contains("  pamtui " + path, help.Out, StringComparison.Ordinal);
            Assert.True(command.Description is { Length: > 0 }, path);
        }

        Assert.True(verbs > 35, $"{verbs} verbs");
    }

    [Fact]
    public async Task Help_can_be_asked_for_as_a_verb() =>
        Assert.Equal((await _line.RunAsync("account add --help")).Out, (await _line.RunAsync("help account add")).Out);

    [Theory]
    [InlineData("acount list", "acount")]
    [InlineData("account lsit", "lsit")]
    [InlineData("account list --jsno", "--jsno")]
    [InlineData("resource add web-1 --host h", "--kind")]
    [InlineData("account", "")]
    public async Task A_wrong_usage_is_one_sentence_and_2(string line, string names)
    {
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.Equal(2, answer.Code);
        Assert.Contains(names, answer.Error, StringComparison.Ordinal);
        Assert.StartsWith("pamtui: ", answer.Error, StringComparison.Ordinal);
        Assert.Equal(answer.Error.Length - 1, answer.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal("", answer.Out);
    }

    [Theory]
    [InlineData("account add web-1/deploy --username deploy --password hunter2")]
    [InlineData("account add web-1/deploy --username deploy --password=hunter2")]
    [InlineData("account add web-1/deploy --username deploy --secret=hunter2")]
    public async Task D6_a_secret_typed_as_an_argument_is_refused_and_not_repeated(string line)
    {
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.Equal(2, answer.Code);
        Assert.Contains("--password-stdin", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer.Out + answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_that_begins_with_at_is_a_word_and_no_file()
    {
        string file = _line.Write("words", "version");
        CommandLineHarness.Answer answer = await _line.RunAsync("'@" + file + "'");
        Assert.Equal(2, answer.Code);
        Assert.DoesNotContain("0.1", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ver", "version\n")]
    [InlineData("resource host-key a", "accept\nadd\n")]
    [InlineData("completion z", "zsh\n")]
    public async Task Completion_knows_the_whole_tree(string words, string found) =>
        Assert.Equal(found, (await _line.RunAsync("complete -- " + words)).Out);

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_scripts_ask_the_program(string shell) =>
        Assert.Contains("pamtui complete --", (await _line.RunAsync("completion " + shell)).Out, StringComparison.Ordinal);

    public void Dispose() => _line.Dispose();

    private static Command Tree()
    {
        CommandContext context = new() { Input = Stream.Null, Output = TextWriter.Null, Error = TextWriter.Null, Time = TimeProvider.System };
        return CommandTree.Whole(context);
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path)
    {
        foreach (Command below in command.Subcommands.Where(sub => !sub.Hidden))
        {
            string name = (path + " " + below.Name).TrimStart();
            if (below.Subcommands.Count == 0)
            {
                yield return (name, below);
            }

            foreach ((string, Command) leaf in Leaves(below, name))
            {
                yield return leaf;
            }
        }
    }
}
