namespace PamTui.Tests.Commands;

public sealed class ListVerbTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Lists_are_sorted_as_typed()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host h1 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        await _line.OkAsync("resource add web-2 --kind linux --host h2 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        foreach (string account in new[] { "web-1/a", "web-1/b", "web-2/a" })
        {
            await _line.OkAsync($"account add {account} --username u --password-stdin --unverified", "pw");
        }

        Assert.Equal(["web-1/b", "web-2/a", "web-1/a"], await FirstColumnAsync("account list --sort -name,-resource"));
        Assert.Equal(["web-1/b", "web-1/a", "web-2/a"], await FirstColumnAsync("account list --sort -last-used,resource,-name"));
        Assert.Equal(["web-2", "web-1"], await FirstColumnAsync("resource list --sort accounts"));
        Assert.Equal(["web-2"], await FirstColumnAsync("resource list --sort -name --limit 1"));
    }

    [Fact]
    public async Task Order_that_is_not_there_is_wrong_usage_and_names_those_that_are()
    {
        await _line.OkAsync("init");

        CommandLineHarness.Answer answer = await _line.RunAsync("account list --sort color");

        Assert.Equal(2, answer.Code);
        Assert.Contains("last-used", answer.Error, StringComparison.Ordinal);
        Assert.Equal("last-checked\nlast-used\n", (await _line.RunAsync("complete -- account list --sort last")).Out);
    }

    [Fact]
    public async Task Saved_filter_stands_for_its_text_in_lists()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host h1 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg --meta env=prod");
        await _line.OkAsync("resource add web-2 --kind linux --host h2 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        await _line.OkAsync("account add web-1/a --username u --password-stdin --unverified", "pw");
        await _line.OkAsync("account add web-2/a --username u --password-stdin --unverified", "pw");

        await _line.OkAsync("filter save prod 'env=prod'");

        Assert.Equal(["web-1/a"], await FirstColumnAsync("account list @prod"));
        Assert.Equal(["web-1"], await FirstColumnAsync("resource list @prod"));
        Assert.Equal(["prod"], await FirstColumnAsync("filter list"));
        Assert.Contains("\"filter\": \"env=prod\"", (await _line.RunAsync("filter list --json")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await _line.RunAsync("account list @none")).Code);
        await _line.OkAsync("filter remove prod");
        Assert.Equal(3, (await _line.RunAsync("account list @prod")).Code);
    }

    [Fact]
    public async Task Favourites_and_what_was_used_are_lists_of_their_own()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host h1 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        await _line.OkAsync("account add web-1/a --username u --password-stdin --unverified", "pw");
        await _line.OkAsync("account favourite add web-1/a");

        Assert.Equal(["web-1/a"], await FirstColumnAsync("account favourite list"));
        Assert.Empty(await FirstColumnAsync("account list --recent"));
        Assert.Equal(2, (await _line.RunAsync("account list --recent env=prod")).Code);
        await _line.OkAsync("account favourite remove web-1/a");
        Assert.Equal(3, (await _line.RunAsync("account favourite remove web-1/a")).Code);
    }

    [Fact]
    public async Task Attention_says_what_is_wrong_and_how_to_list_all_of_it()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host h1 --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        Assert.Equal("Nothing needs attention.\n", (await _line.RunAsync("attention")).Out);
        await _line.OkAsync("account add web-1/a --username u --password-stdin --unverified", "pw");
        await _line.OkAsync("account add web-1/b --username u --password-stdin --unverified", "pw");

        string said = (await _line.RunAsync("attention --first 1")).Out;

        Assert.StartsWith("2 unverified: nobody has signed in with it", said, StringComparison.Ordinal);
        Assert.Contains("  web-1/a\n  … `pamtui account list checkState=unverified` lists them all\n", said, StringComparison.Ordinal);
        Assert.Contains("\"count\": 2", (await _line.RunAsync("attention --json")).Out, StringComparison.Ordinal);
    }

    public void Dispose() => _line.Dispose();

    private async Task<string[]> FirstColumnAsync(string line)
    {
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.True(answer.Code == 0, answer.Error);
        return [.. answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(' ')[0])];
    }
}
