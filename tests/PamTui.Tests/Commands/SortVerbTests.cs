namespace PamTui.Tests.Commands;

public sealed class SortVerbTests : IDisposable
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
    }

    public void Dispose() => _line.Dispose();

    private async Task<string[]> FirstColumnAsync(string line)
    {
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.True(answer.Code == 0, answer.Error);
        return [.. answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(' ')[0])];
    }
}
