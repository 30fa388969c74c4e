using System.Text.Json;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Vault;

namespace PamTui.Tests.Commands;

public sealed class StatementVerbTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Session_is_shown_with_the_last_of_its_statements()
    {
        await SampleAsync();

        CommandLineHarness.Answer shown = await _line.RunAsync("session show 1");

        Assert.Contains("Access     read-only", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Statements  7, 1 with an error; `session statements 1` shows all of them", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("SELECT 2", shown.Out, StringComparison.Ordinal);
        Assert.Contains(" 1.5 ms, 1 row: SELECT 3 AS \\u{1b}c\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("\"statements\": {\n    \"count\": 7,\n    \"errors\": 1,", (await _line.RunAsync("session show 1 --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_are_printed_in_a_line_each_with_their_values_below()
    {
        await SampleAsync();

        CommandLineHarness.Answer all = await _line.RunAsync("session statements 1");

        Assert.Equal(0, all.Code);
        Assert.Equal(8, all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches("(?m)^1 [^ ]+ 1.5 ms, 1 row: SELECT 1 AS ", all.Out);
        Assert.Contains("error 42P01: SELECT * FROM nothing WHERE a = $1 AND b = $2\n    $1 = 'x\\u{1b}[2J', $2 = NULL\n", all.Out, StringComparison.Ordinal);
        Assert.Matches("^3 .*\n4 .*\n$", (await _line.RunAsync("session statements 1 --offset 2 --limit 2")).Out);
        Assert.StartsWith("7 ", (await _line.RunAsync("session statements 1 --errors")).Out, StringComparison.Ordinal);
        Assert.StartsWith("7 ", (await _line.RunAsync("session statements 1 --text NOTHING")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_as_json_are_an_array_with_nothing_in_it_that_a_terminal_could_obey()
    {
        await SampleAsync();

        CommandLineHarness.Answer all = await _line.RunAsync("session statements 1 --json");

        Assert.DoesNotContain('\u001b', all.Out);
        using JsonDocument json = JsonDocument.Parse(all.Out);
        JsonElement last = json.RootElement[6];
        Assert.Equal(7, json.RootElement.GetArrayLength());
        Assert.Equal(("42P01", "SELECT * FROM nothing\n  WHERE a = $1 AND b = $2", false), (last.GetProperty("error").GetString(), last.GetProperty("text").GetString(), last.GetProperty("truncated").GetBoolean()));
        Assert.Equal(("x\u001b[2J", JsonValueKind.Null), (last.GetProperty("values")[0].GetString(), last.GetProperty("values")[1].ValueKind));
        Assert.Equal((JsonValueKind.Null, 1.5), (last.GetProperty("rows").ValueKind, json.RootElement[0].GetProperty("milliseconds").GetDouble()));
        Assert.Equal("[]\n", (await _line.RunAsync("session statements 1 --json --text nowhere")).Out);
    }

    [Fact]
    public async Task Following_prints_what_is_there_and_ends_with_the_session()
    {
        await SampleAsync(end: true);

        Assert.Equal((await _line.RunAsync("session statements 1")).Out, (await _line.RunAsync("session statements 1 --follow")).Out);
    }

    [Fact]
    public async Task Who_may_not_see_the_session_is_told_what_anybody_is_told_of_one_that_is_not_there()
    {
        await SampleAsync();
        await _line.OkAsync("user add eve");

        CommandLineHarness.Answer hers = await _line.RunRemoteAsync("eve", "session statements 1");
        CommandLineHarness.Answer nobodys = await _line.RunRemoteAsync("eve", "session statements 99");

        Assert.Equal((3, nobodys.Error.Replace("99", "1", StringComparison.Ordinal)), (hers.Code, hers.Error));
        Assert.Equal(0, (await _line.RunRemoteAsync("alice", "session statements 1")).Code);
        Assert.Contains("alice", (await _line.RunAsync("audit list action=statements.read")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grant_for_reading_only_is_given_listed_and_refused_on_linux()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("user add alice");
        await _line.OkAsync("resource add web-1 --kind linux --host 127.0.0.1 --port 1");
        await _line.OkAsync("resource add db-1 --kind postgresql --host 127.0.0.1 --port 1 --database main");

        Assert.Contains("can connect read-only, audit on db-1/*", (await _line.RunAsync("grant add alice 'db-1/*' --can connect,audit --read-only")).Out, StringComparison.Ordinal);
        Assert.Contains("connect read-only,audit", (await _line.RunAsync("grant list")).Out, StringComparison.Ordinal);
        Assert.Contains("\"readOnly\": true", (await _line.RunAsync("grant list --json")).Out, StringComparison.Ordinal);
        CommandLineHarness.Answer refused = await _line.RunAsync("grant add alice 'web-1/*' --can connect --read-only");
        Assert.Equal(2, refused.Code);
        Assert.Contains("databases only", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _line.Dispose();

    // alice's session 1 with six statements that went well and one that did not.
    private async Task SampleAsync(bool end = false)
    {
        await _line.OkAsync("init");
        await _line.OkAsync("user add alice");
        await _line.OkAsync("resource add db-1 --kind postgresql --host 127.0.0.1 --port 1 --database main");
        await _line.OkAsync("account add db-1/app --username app --password-stdin --unverified", "secret");
        await _line.OkAsync("grant add alice db-1/app --can connect --read-only");
        await using Product product = (await Product.OpenAsync(
            DataFolder.Open(_line.Folder).Value, new VaultUnlock(), new CoreOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None)).Value;
        User alice = (await product.Users.FindAsync(Actor.System, "alice", CancellationToken.None)).Value;
        AccessGrant grant = (await product.Authorizer.AuthorizeAsync(alice.Id, new AccountRef("db-1", "app"), Capability.Connect, CancellationToken.None))!;
        long session = (await product.Sessions.StartAsync(grant, "192.0.2.7", "node", null, CancellationToken.None)).Value;
        StatementLog log = await product.Statements.OpenAsync(grant, session, "192.0.2.7", CancellationToken.None);
        for (int i = 1; i < 7; i++)
        {
            await log.AppendAsync(new Statement(TimeProvider.System.GetUtcNow(), TimeSpan.FromMilliseconds(1.5), $"SELECT {i} AS \u001bc", [], 1, null, false), CancellationToken.None);
        }

        await log.AppendAsync(
            new Statement(TimeProvider.System.GetUtcNow(), TimeSpan.Zero, "SELECT * FROM nothing\n  WHERE a = $1 AND b = $2", [StatementValue.OfText("x\u001b[2J"), StatementValue.Null], null, "42P01", false),
            CancellationToken.None);
        await log.DisposeAsync();
        if (end)
        {
            await product.Sessions.EndAsync(session, "closed", 0, 0, CancellationToken.None);
        }
    }
}
