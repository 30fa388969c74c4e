namespace PamTui.Tests.Commands;

public sealed class ForwardVerbTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Places_are_granted_listed_changed_and_explained()
    {
        await SampleAsync();

        string dry = (await _line.RunAsync("grant add bob web-1 --can forward --to wiki.corp:443,10.0.0.5:9100 --dry-run")).Out;
        string added = (await _line.RunAsync("grant add bob web-1 --can forward --to wiki.corp:443 --to 10.0.0.5:9100")).Out;
        string listed = (await _line.RunAsync("grant list")).Out;
        string yes = (await _line.RunAsync("grant explain bob wiki.corp:443")).Out;
        await _line.OkAsync("grant edit 1 --to wiki.corp:8443");
        string no = (await _line.RunAsync("grant explain bob wiki.corp:443")).Out;
        string json = (await _line.RunAsync("grant list --json")).Out;

        Assert.StartsWith("It would reach wiki.corp:443, 10.0.0.5:9100 by forwarding", dry, StringComparison.Ordinal);
        Assert.Contains("can forward to wiki.corp:443 10.0.0.5:9100 on web-1", added, StringComparison.Ordinal);
        Assert.Contains("forward to wiki.corp:443", listed, StringComparison.Ordinal);
        Assert.StartsWith("Yes: bob may forward to wiki.corp:443 by grant 1", yes, StringComparison.Ordinal);
        Assert.StartsWith("No: bob has no grant that lets forward to wiki.corp:443", no, StringComparison.Ordinal);
        Assert.Contains("\"forwardTo\": [\n      \"wiki.corp:8443\"\n    ]", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grant add bob web-1 --can forward", "--to")]
    [InlineData("grant add bob web-1 --can connect --to wiki.corp:443", "forward")]
    [InlineData("grant add bob web-1/root --can forward --to wiki.corp:443", "resource")]
    [InlineData("grant add bob web-1 --can forward --to wiki.corp", "port")]
    [InlineData("grant add bob web-1 --can forward --to wiki.corp:0", "port")]
    [InlineData("grant add bob web-1 --can forward --to 127.0.0.1:1", "web-1")]
    [InlineData("grant add bob web-1 --can connect,forward --read-only --to wiki.corp:443", "read-only")]
    public async Task What_cannot_be_forwarded_is_refused_and_the_sentence_says_why(string line, string word)
    {
        await SampleAsync();

        CommandLineHarness.Answer refused = await _line.RunAsync(line);

        Assert.Equal(2, refused.Code);
        Assert.Contains(word, refused.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("bob", (await _line.RunAsync("grant list")).Out, StringComparison.Ordinal);
    }

    public void Dispose() => _line.Dispose();

    private async Task SampleAsync()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("user add bob");
        await _line.OkAsync("resource add web-1 --kind linux --host 127.0.0.1 --port 1");
        await _line.OkAsync("account add web-1/root --username root --password-stdin --unverified", "secret");
    }
}
