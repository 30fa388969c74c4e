using System.Text.Json;

namespace PamTui.Tests.Commands;

public sealed class PolicyVerbTests : IDisposable
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl alice@laptop";

    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Policy_is_added_shown_changed_and_removed()
    {
        await InitAsync();
        await _line.OkAsync("policy add monthly --on 'env=prod' --every 30d --window 'Sun 02:00-04:00 Europe/Berlin'");
        await _line.OkAsync("policy add app --on db/app --every 12h --order 1 --sessions go-on --jitter 5m --after-reveal 1h --by-itself true --hook '/bin/cat \"two words\"'");

        CommandLineHarness.Answer list = await _line.RunAsync("policy list");
        Assert.Equal(["1", "10"], list.Out.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')[0]));
        CommandLineHarness.Answer show = await _line.RunAsync("policy show app");
        Assert.Contains("/bin/cat 'two words'", show.Out, StringComparison.Ordinal);
        Assert.Contains("Accounts      1", show.Out, StringComparison.Ordinal);

        await _line.OkAsync("policy edit app --hook '' --after-reveal never --state off --every 1d");
        JsonElement json = JsonSerializer.Deserialize<JsonElement>((await _line.RunAsync("policy show app --json")).Out);
        Assert.Equal(
            ("app", 1, "db/app", false, "1d", "5m", "go-on", true, JsonValueKind.Null, JsonValueKind.Null, 1),
            (json.GetProperty("name").GetString(), json.GetProperty("order").GetInt32(), json.GetProperty("target").GetString(), json.GetProperty("enabled").GetBoolean(), json.GetProperty("every").GetString(),
                json.GetProperty("jitter").GetString(), json.GetProperty("sessions").GetString(), json.GetProperty("byItself").GetBoolean(), json.GetProperty("hook").ValueKind, json.GetProperty("afterReveal").ValueKind,
                json.GetProperty("accounts").GetInt32()));
        await _line.OkAsync("policy remove app --yes");
        Assert.Equal(3, (await _line.RunAsync("policy show app")).Code);
    }

    [Theory]
    [InlineData("policy add p --on db/app --every 59m", "interval")]
    [InlineData("policy add p --on db/app --every soon", "30d")]
    [InlineData("policy add p --on db/app --every 1d --window 'Sunday'", "Europe/Berlin")]
    [InlineData("policy add p --on db/app --every 1d --hook 'tell-app'", "absolute path")]
    [InlineData("policy add p --on db/app --every 1d --hook '/bin/x \"unclosed'", "quot")]
    [InlineData("policy add p --on db/app --every 1d --hook '/bin/not-there-at-all'", "no program")]
    [InlineData("policy add p --on db/app --every 1d --sessions never", "go-on")]
    [InlineData("policy add p --on db/app --every 1d --order 0", "--order")]
    [InlineData("policy add p --on db/app", "--every")]
    public async Task What_is_no_policy_is_wrong_usage_in_one_sentence(string line, string names)
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.Equal(2, answer.Code);
        Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(names.TrimStart('-'), answer.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Account_tells_its_policy_and_what_comes_next()
    {
        await InitAsync();
        Assert.Contains("no policy reaches the account", (await _line.RunAsync("account show db/app")).Out, StringComparison.Ordinal);
        await _line.OkAsync("policy add monthly --on 'db/*' --every 30d --jitter 0m");

        Assert.Contains("by the policy monthly", (await _line.RunAsync("account show db/app")).Out, StringComparison.Ordinal);
        JsonElement shown = JsonSerializer.Deserialize<JsonElement>((await _line.RunAsync("account show db/app --json")).Out);
        JsonElement rotation = shown.GetProperty("rotation");
        Assert.Equal(("monthly", "scheduled", 0, 0, false), (rotation.GetProperty("policy").GetString(), rotation.GetProperty("outlook").GetString(), rotation.GetProperty("failures").GetInt32(), rotation.GetProperty("count").GetInt32(), rotation.GetProperty("overdue").GetBoolean()));
        Assert.NotNull(rotation.GetProperty("next").GetString());
        Assert.Equal("unknown", shown.GetProperty("health").GetProperty("state").GetString());
        Assert.Equal("[]\n", (await _line.RunAsync("rotation run --dry-run --json")).Out);
        Assert.Equal("[]\n", (await _line.RunAsync("rotation run --json")).Out);
    }

    [Fact]
    public async Task Policies_are_for_admins_and_over_ssh_nobody_sets_a_hook()
    {
        await InitAsync();
        await _line.OkAsync("user add bob");
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "policy list")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "policy add p --on db/app --every 1d")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "rotation run")).Code);

        CommandLineHarness.Answer hook = await _line.RunRemoteAsync("alice", "policy add p --on db/app --every 1d --hook /bin/sh");
        Assert.Equal(4, hook.Code);
        Assert.Contains("Rotation:HooksOverSsh", hook.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _line.RunRemoteAsync("alice", "policy add p --on db/app --every 1d")).Code);
    }

    public void Dispose() => _line.Dispose();

    private async Task InitAsync()
    {
        await _line.OkAsync($"init --admin alice --admin-key {_line.Write("alice.pub", Key)}");
        await _line.OkAsync("resource add db --kind postgresql --host db.example --database main --meta env=prod");
        await _line.OkAsync("account add db/app --username app --password-stdin --unverified", "a password\n");
    }
}
