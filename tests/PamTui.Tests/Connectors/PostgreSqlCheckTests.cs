using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>One server with TLS for all tests of the class, started by the first.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<Postgres>> _server = new(() => Postgres.StartAsync());

    public Task<Postgres> ServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

public sealed class PostgreSqlCheckTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Password_signs_in_over_verified_TLS_and_a_wrong_one_does_not()
    {
        Postgres server = await WithRoleAsync("reader", "right");
        Resource resource = Target.PostgreSql(server.Port, ca: server.Ca.Pem);

        Checked check = await Target.CheckAsync(resource, "reader", "right");
        check.Passed();
        Assert.Equal(
            [
                "Resolve Running", "Resolve Passed", "Connect Running", "Connect Passed", "Identity Running", "Identity Passed",
                "SignIn Running", "SignIn Passed", "Probe Running", "Probe Passed",
            ],
            check.Steps);
        (await Target.CheckAsync(resource, "reader", "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        (await Target.CheckAsync(resource, "nobody-here", "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        (await Target.CheckAsync(resource with { Host = "localhost" }, "reader", "right")).Passed();
    }

    [Fact]
    public async Task F3_password_of_every_printable_and_many_other_characters_signs_in()
    {
        string ascii = string.Concat(Enumerable.Range(0x20, 0x5f).Select(c => (char)c));
        string[] passwords = [ascii, "$(id);'\"\\ {{7*7}} %s%n", " leading and trailing ", "pässwörd-日本語-🔐", ";Password=other;Host=evil"];
        foreach ((int index, string password) in passwords.Index())
        {
            Postgres server = await WithRoleAsync("role" + index, password);

            (await Target.CheckAsync(Target.PostgreSql(server.Port, ca: server.Ca.Pem), "role" + index, password)).Passed();
        }
    }

    [Fact]
    public async Task Database_that_is_missing_or_closed_is_told_after_the_sign_in()
    {
        Postgres server = await WithRoleAsync("clerk", "right");
        await server.SqlAsync("CREATE DATABASE closed");
        await server.SqlAsync("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");

        Checked missing = (await Target.CheckAsync(Target.PostgreSql(server.Port, "nowhere\u001b[2J", ca: server.Ca.Pem), "clerk", "right"))
            .Failed(CheckStage.Probe, CheckCause.DatabaseMissing);
        Assert.Contains("\\u{1b}", missing.Message, StringComparison.Ordinal);
        (await Target.CheckAsync(Target.PostgreSql(server.Port, "closed", ca: server.Ca.Pem), "clerk", "right")).Failed(CheckStage.Probe, CheckCause.NotPermitted);
        (await Target.CheckAsync(Target.PostgreSql(server.Port, "nowhere", ca: server.Ca.Pem), "clerk", "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
    }

    [Fact]
    public async Task Role_that_may_not_log_in_is_told_from_a_wrong_password()
    {
        Postgres server = await WithRoleAsync("resting", "right");
        await server.SqlAsync("ALTER ROLE resting NOLOGIN");

        (await Target.CheckAsync(Target.PostgreSql(server.Port, ca: server.Ca.Pem), "resting", "right")).Failed(CheckStage.SignIn, CheckCause.NotPermitted);
    }

    [Fact]
    public async Task G8_certificate_of_another_CA_or_name_or_time_is_refused_before_the_server_hears_of_a_user()
    {
        using TestCa other = new("Other CA");
        await using Postgres elsewhere = await Postgres.StartAsync(certificateNames: ["db.example.com"]);
        Postgres server = await WithRoleAsync("reader2", "right");

        Checked unknown = (await Target.CheckAsync(Target.PostgreSql(server.Port, ca: other.Pem), "reader2", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        Checked store = (await Target.CheckAsync(Target.PostgreSql(server.Port), "reader2", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        Checked name = (await Target.CheckAsync(Target.PostgreSql(elsewhere.Port, ca: elsewhere.Ca.Pem), "reader2", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        Checked broken = (await Target.CheckAsync(Target.PostgreSql(server.Port, ca: "no PEM"), "reader2", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);

        Assert.Contains("unknown CA", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("--tls-ca", store.Message, StringComparison.Ordinal);
        Assert.Contains("db.example.com", name.Message, StringComparison.Ordinal);
        Assert.Contains("--tls-ca", broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("user=reader2", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("user=reader2", elsewhere.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_that_is_only_required_takes_any_certificate_and_no_password_in_clear()
    {
        Postgres server = await WithRoleAsync("writer", "right");
        (await Target.CheckAsync(Target.PostgreSql(server.Port, tls: TlsMode.Require), "writer", "right")).Passed();

        await using Postgres clear = await Postgres.StartAsync(hba: "local all all trust\nhost all all 127.0.0.1/32 password\n");
        await clear.SqlAsync("CREATE ROLE writer LOGIN PASSWORD 'right'");

        Checked check = (await Target.CheckAsync(Target.PostgreSql(clear.Port, tls: TlsMode.Require), "writer", "right")).Failed(CheckStage.SignIn, CheckCause.NotPermitted);
        Assert.Contains("in clear", check.Message, StringComparison.Ordinal);
        (await Target.CheckAsync(Target.PostgreSql(clear.Port, ca: clear.Ca.Pem), "writer", "right")).Passed();
    }

    [Theory]
    [InlineData(TlsMode.Verify)]
    [InlineData(TlsMode.Require)]
    public async Task Server_that_asks_for_no_password_proves_none(TlsMode tls)
    {
        await using Postgres open = await Postgres.StartAsync(hba: "local all all trust\nhost all all 127.0.0.1/32 trust\n");
        await open.SqlAsync("CREATE ROLE reader LOGIN PASSWORD 'right'");

        Checked check = (await Target.CheckAsync(Target.PostgreSql(open.Port, tls: tls, ca: tls == TlsMode.Verify ? open.Ca.Pem : null), "reader", "right"))
            .Failed(CheckStage.SignIn, CheckCause.NotPermitted);
        Assert.Contains("in place of trust", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_without_TLS_is_refused_unless_the_resource_says_off()
    {
        await using Postgres plain = await Postgres.StartAsync(tls: false);
        await plain.SqlAsync("CREATE ROLE reader LOGIN PASSWORD 'right'");

        (await Target.CheckAsync(Target.PostgreSql(plain.Port), "reader", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsRefused);
        (await Target.CheckAsync(Target.PostgreSql(plain.Port, tls: TlsMode.Require), "reader", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsRefused);
        (await Target.CheckAsync(Target.PostgreSql(plain.Port, tls: TlsMode.Off), "reader", "right")).Passed();
    }

    [Fact]
    public async Task Look_at_the_identity_judges_the_certificate_without_a_sign_in()
    {
        Postgres server = await fixture.ServerAsync();
        using TestCa other = new("Other CA");

        (await Target.ProbeAsync(Target.PostgreSql(server.Port, ca: server.Ca.Pem))).Passed();
        (await Target.ProbeAsync(Target.PostgreSql(server.Port, ca: other.Pem))).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        (await Target.ProbeAsync(Target.PostgreSql(server.Port, tls: TlsMode.Off))).Passed();
        (await Target.ProbeAsync(Target.PostgreSql(FreePort.Next(), tls: TlsMode.Off))).Failed(CheckStage.Connect, CheckCause.PortRefused);
        Assert.DoesNotContain("user=nobody", server.Log, StringComparison.Ordinal);
    }

    private async Task<Postgres> WithRoleAsync(string role, string password)
    {
        Postgres server = await fixture.ServerAsync();
        await server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");
        return server;
    }
}
