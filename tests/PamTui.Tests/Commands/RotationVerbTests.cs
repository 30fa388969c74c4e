using System.Globalization;
using System.Text.Json;
using PamTui.Servers;
using PamTui.Tests.Connectors;

namespace PamTui.Tests.Commands;

/// <summary>`account rotate` and `account rotation …` on a real PostgreSQL, here and over SSH.</summary>
public sealed class RotationVerbTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl alice@laptop";

    private const string First = "the first password";

    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Dry_run_says_what_it_would_do_and_changes_nothing()
    {
        await InitAsync("dry");

        CommandLineHarness.Answer words = await _line.RunAsync("account rotate db/app --dry-run");
        CommandLineHarness.Answer json = await _line.RunAsync("account rotate db/app --dry-run --json");

        Assert.Equal(0, words.Code);
        Assert.Contains("is replaced by itself", words.Out, StringComparison.Ordinal);
        Assert.Contains("32 characters of lower,upper,digit,symbol", words.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", words.Out, StringComparison.Ordinal);
        using JsonDocument plan = JsonDocument.Parse(json.Out);
        Assert.Equal("by-itself", plan.RootElement.GetProperty("way").GetString());
        Assert.Equal("[]\n", (await _line.RunAsync("account rotation list db/app --json")).Out);
        Assert.Equal(0, (await _line.RunAsync("account check db/app")).Code);
    }

    [Fact]
    public async Task Rotation_tells_its_steps_as_they_pass_and_is_found_in_the_list_and_the_account()
    {
        await InitAsync("told");

        CommandLineHarness.Answer rotated = await _line.RunAsync("account rotate db/app");
        CommandLineHarness.Answer again = await _line.RunAsync("account rotate db/app --json");

        Assert.Equal((0, "Rotated the account db/app: the new credential has signed in.\n"), (rotated.Code, rotated.Out));
        Assert.Equal(["planned", "staged", "applied", "verified", "promoted"], rotated.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        using JsonDocument row = JsonDocument.Parse(again.Out);
        Assert.Equal("promoted", row.RootElement.GetProperty("state").GetString());
        using JsonDocument list = JsonDocument.Parse((await _line.RunAsync("account rotation list db/app --json")).Out);
        Assert.Equal(2, list.RootElement.GetArrayLength());
        Assert.Contains("promoted", (await _line.RunAsync("account show db/app")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _line.RunAsync("account check db/app")).Code);
    }

    [Fact]
    public async Task New_passwords_are_what_resource_and_account_say_and_the_dry_run_shows_one()
    {
        await InitAsync("made");
        await _line.OkAsync("resource edit db --password-length 20 --password-classes lower,digit");
        await _line.OkAsync("account edit db/app --password-without 0o1l");

        CommandLineHarness.Answer words = await _line.RunAsync("account rotate db/app --dry-run");
        using JsonDocument plan = JsonDocument.Parse((await _line.RunAsync("account rotate db/app --dry-run --json")).Out);
        await _line.OkAsync("account rotate db/app");
        string made = (await _line.RunAsync("account reveal db/app --reason test")).Out.TrimEnd('\n');

        Assert.Contains("20 characters of lower,digit without 0o1l, 99 bits", words.Out, StringComparison.Ordinal);
        Assert.Matches("^[2-9a-kmnp-z]{20}$", plan.RootElement.GetProperty("passwords").GetProperty("example").GetString());
        Assert.Matches("^[2-9a-kmnp-z]{20}$", made);
    }

    [Fact]
    public async Task Failed_rotation_says_what_to_do_and_the_credential_stays()
    {
        string role = await InitAsync("failed");
        await _line.OkAsync("account edit db/app --password-stdin --unverified", "not this one\n");

        CommandLineHarness.Answer failed = await _line.RunAsync("account rotate db/app");

        Assert.Equal(1, failed.Code);
        Assert.Contains("stays as it was", failed.Error, StringComparison.Ordinal);
        await (await fixture.ServerAsync()).SqlAsync($"ALTER ROLE {role} PASSWORD 'not this one'");
        Assert.Equal(0, (await _line.RunAsync("account check db/app")).Code);
    }

    [Fact]
    public async Task Member_rotates_what_he_may_manage_and_no_more()
    {
        await InitAsync("member");
        await _line.OkAsync("user add bob");

        Assert.Equal(3, (await _line.RunRemoteAsync("bob", "account rotate db/app")).Code);
        await _line.OkAsync("grant add bob db/app --can connect");
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account rotate db/app")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account rotate db/app --dry-run")).Code);
        await _line.OkAsync("grant add bob db/app --can manage");

        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account rotate db/app")).Code);
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account rotation list db/app")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account rotation resolve db/app --use current")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account rotation break-lease db/app")).Code);
        Assert.Contains("\"bob\"", (await _line.RunAsync("account rotation list db/app --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_account_gives_nobody_the_password_of_a_user_that_he_only_named()
    {
        string role = await InitAsync("named");
        Postgres server = await fixture.ServerAsync();
        await server.SqlAsync("CREATE ROLE named_rotator LOGIN SUPERUSER PASSWORD 'of the rotator'; CREATE ROLE named_boss LOGIN PASSWORD 'of the boss'");
        await _line.OkAsync("account add db/rotator --username named_rotator --password-stdin", "of the rotator\n");
        await _line.OkAsync("resource edit db --rotation-account rotator");
        await _line.OkAsync("user add bob");
        await _line.OkAsync("grant add bob db/* --can manage,connect");

        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account rotate db/app")).Code);
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account edit db/app --username named_boss --unverified")).Code);
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account add db/mine --username named_boss --password-stdin --unverified", "a guess\n")).Code);
        foreach (string account in (string[])["db/app", "db/mine"])
        {
            Assert.Equal(1, (await _line.RunRemoteAsync("bob", $"account check {account}")).Code);
            CommandLineHarness.Answer stolen = await _line.RunRemoteAsync("bob", $"account rotate {account}");
            Assert.Equal(1, stolen.Code);
            Assert.Contains("no admin said that it is 'named_boss'", stolen.Error, StringComparison.Ordinal);
        }

        await server.SqlAsync($"ALTER ROLE {role} PASSWORD 'known to bob'");
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", $"account edit db/app --username {role} --password-stdin", "known to bob\n")).Code);
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account rotate db/app")).Code);
        await _line.OkAsync("account edit db/mine --username named_boss --unverified");
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account rotate db/mine")).Code);
    }

    [Fact]
    public async Task Member_names_no_user_in_an_account_with_certificates()
    {
        await InitAsync("certified");
        await _line.OkAsync("resource add web --kind linux --host 127.0.0.1 --port 1 --host-key SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await _line.OkAsync("account add web/deploy --username deploy --certificate --unverified");
        await _line.OkAsync("account add web/plain --username plain --password-stdin --unverified", "x\n");
        await _line.OkAsync("user add bob");
        await _line.OkAsync("grant add bob web/* --can manage,connect");

        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account add web/root --username root --certificate --unverified")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account edit web/deploy --username root --unverified")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "account edit web/plain --certificate --unverified")).Code);
        Assert.Equal(0, (await _line.RunRemoteAsync("bob", "account edit web/deploy --description mine")).Code);
    }

    [Fact]
    public async Task What_there_is_not_to_decide_or_break_is_said()
    {
        await InitAsync("calm");

        CommandLineHarness.Answer resolve = await _line.RunAsync("account rotation resolve db/app --use staged");
        CommandLineHarness.Answer neither = await _line.RunAsync("account rotation resolve db/app --use both");
        CommandLineHarness.Answer lease = await _line.RunAsync("account rotation break-lease db/app");
        CommandLineHarness.Answer nowhere = await _line.RunAsync("account rotate db/nobody");

        Assert.Contains("nothing to decide", resolve.Error, StringComparison.Ordinal);
        Assert.Equal((2, 1, 3), (neither.Code, lease.Code, nowhere.Code));
        Assert.Contains("no lease to break", lease.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _line.Dispose();

    private async Task<string> InitAsync(string name)
    {
        Postgres server = await fixture.ServerAsync();
        string role = name + "_verbs";
        await server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD '{First}'");
        await _line.OkAsync($"init --admin alice --admin-key {_line.Write("alice.pub", Key)}");
        string port = server.Port.ToString(CultureInfo.InvariantCulture);
        await _line.OkAsync($"resource add db --kind postgresql --host {Postgres.Host} --port {port} --database postgres --tls-ca {_line.Write("ca.pem", server.Ca.Pem)}");
        await _line.OkAsync($"account add db/app --username {role} --password-stdin", First + "\n");
        return role;
    }
}
