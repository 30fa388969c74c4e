using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>One server with TLS for all tests of the class, started by the first.</summary>
public sealed class MariaDbFixture : IAsyncDisposable
{
    private readonly Lazy<Task<MariaDb>> _server = new(() => MariaDb.StartAsync(options: ["--plugin-load-add=auth_ed25519", "--plugin-load-add=auth_pam"]));

    public Task<MariaDb> ServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

public sealed class MySqlCheckTests(MariaDbFixture fixture) : IClassFixture<MariaDbFixture>
{
    [Fact]
    public async Task Password_signs_in_over_verified_TLS_and_a_wrong_one_does_not()
    {
        MariaDb server = await WithUserAsync("reader", "right");
        Resource resource = Target.MySql(server.Port, ca: server.Ca.Pem);

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
    }

    [Fact]
    public async Task F3_password_of_every_printable_and_many_other_characters_signs_in()
    {
        string ascii = string.Concat(Enumerable.Range(0x20, 0x5f).Select(c => (char)c));
        string[] passwords = [ascii, "$(id);'\"\\ {{7*7}} %s%n", " leading and trailing ", "pässwörd-日本語-🔐", ";Password=other;Server=evil"];
        foreach ((int index, string password) in passwords.Index())
        {
            MariaDb server = await WithUserAsync("user" + index, password);

            (await Target.CheckAsync(Target.MySql(server.Port, ca: server.Ca.Pem), "user" + index, password)).Passed();
        }
    }

    [Fact]
    public async Task Locked_account_and_expired_password_are_told_from_a_wrong_password()
    {
        MariaDb server = await WithUserAsync("locked", "right");
        await server.SqlAsync("ALTER USER locked@'%' ACCOUNT LOCK");
        await WithUserAsync("stale", "right");
        await server.SqlAsync("ALTER USER stale@'%' PASSWORD EXPIRE");

        (await Target.CheckAsync(Target.MySql(server.Port, ca: server.Ca.Pem), "locked", "right")).Failed(CheckStage.SignIn, CheckCause.AccountLocked);
        Checked stale = await Target.CheckAsync(Target.MySql(server.Port, ca: server.Ca.Pem), "stale", "right");
        Assert.True(stale.Report.Failure?.Cause == CheckCause.PasswordExpired, stale.ToString());
    }

    [Fact]
    public async Task Database_that_is_missing_or_closed_is_told_after_the_sign_in()
    {
        MariaDb server = await WithUserAsync("clerk", "right");
        await server.SqlAsync("CREATE DATABASE closed; CREATE DATABASE gone; CREATE DATABASE open; GRANT SELECT ON open.* TO clerk@'%'; GRANT SELECT ON gone.* TO clerk@'%'; DROP DATABASE gone");

        (await Target.CheckAsync(Target.MySql(server.Port, "open", ca: server.Ca.Pem), "clerk", "right")).Passed();
        (await Target.CheckAsync(Target.MySql(server.Port, "gone", ca: server.Ca.Pem), "clerk", "right")).Failed(CheckStage.Probe, CheckCause.DatabaseMissing);
        (await Target.CheckAsync(Target.MySql(server.Port, "closed", ca: server.Ca.Pem), "clerk", "right")).Failed(CheckStage.Probe, CheckCause.NotPermitted);
    }

    [Fact]
    public async Task Host_that_the_server_does_not_know_is_not_permitted()
    {
        await using MariaDb closed = await MariaDb.StartAsync();
        await closed.SqlAsync("DELETE FROM mysql.global_priv WHERE Host <> 'localhost'; FLUSH PRIVILEGES");

        Checked check = await Target.CheckAsync(Target.MySql(closed.Port, ca: closed.Ca.Pem), "reader", "canary-7f3a");

        Assert.True(check.Report.Failure?.Cause == CheckCause.NotPermitted, check.ToString());
    }

    [Fact]
    public async Task Way_to_sign_in_that_is_not_supported_is_said()
    {
        MariaDb server = await fixture.ServerAsync();
        await server.SqlAsync("CREATE USER modern@'%' IDENTIFIED VIA pam USING 'mariadb'");

        Checked check = (await Target.CheckAsync(Target.MySql(server.Port, ca: server.Ca.Pem), "modern", "right")).Failed(CheckStage.SignIn, CheckCause.NotPermitted);

        // For a name that it does not know, the server plays another one of its users.
        await server.SqlAsync("DROP USER modern@'%'");
        Assert.Contains("mysql_native_password", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G8_certificate_of_another_CA_or_name_is_refused_before_the_server_hears_of_a_user()
    {
        using TestCa other = new("Other CA");
        await using MariaDb elsewhere = await MariaDb.StartAsync(certificateNames: ["db.example.com"]);
        MariaDb server = await WithUserAsync("reader2", "right");

        (await Target.CheckAsync(Target.MySql(server.Port, ca: other.Pem), "reader2", "right")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        (await Target.CheckAsync(Target.MySql(server.Port), "reader2", "right")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        Checked name = (await Target.CheckAsync(Target.MySql(elsewhere.Port, ca: elsewhere.Ca.Pem), "reader2", "right")).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);

        Assert.Contains("db.example.com", name.Message, StringComparison.Ordinal);
        Assert.Equal("0", await server.SqlAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'reader2'"));
        (await Target.CheckAsync(Target.MySql(server.Port, tls: TlsMode.Require), "reader2", "right")).Passed();
    }

    [Fact]
    public async Task Server_without_TLS_is_refused_unless_the_resource_says_off()
    {
        await using MariaDb plain = await MariaDb.StartAsync(tls: false);
        await plain.SqlAsync("CREATE USER reader@'%' IDENTIFIED BY 'right'");

        (await Target.CheckAsync(Target.MySql(plain.Port), "reader", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsRefused);
        (await Target.CheckAsync(Target.MySql(plain.Port, tls: TlsMode.Require), "reader", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.TlsRefused);
        (await Target.CheckAsync(Target.MySql(plain.Port, tls: TlsMode.Off), "reader", "right")).Passed();
    }

    [Fact]
    public async Task Server_that_takes_only_TLS_says_so_to_a_resource_without()
    {
        MariaDb server = await WithUserAsync("strict", "right");
        await server.SqlAsync("ALTER USER strict@'%' REQUIRE SSL");
        await using MariaDb secure = await MariaDb.StartAsync(options: ["--require-secure-transport=ON"]);
        await secure.SqlAsync("CREATE USER strict@'%' IDENTIFIED BY 'right'");

        (await Target.CheckAsync(Target.MySql(server.Port, ca: server.Ca.Pem), "strict", "right")).Passed();
        foreach (MariaDb one in (MariaDb[])[server, secure])
        {
            Checked check = (await Target.CheckAsync(Target.MySql(one.Port, tls: TlsMode.Off), "strict", "right")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
            Assert.Contains("only over TLS", check.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Look_at_the_identity_judges_the_certificate_without_a_sign_in()
    {
        MariaDb server = await fixture.ServerAsync();
        using TestCa other = new("Other CA");

        (await Target.ProbeAsync(Target.MySql(server.Port, ca: server.Ca.Pem))).Passed();
        (await Target.ProbeAsync(Target.MySql(server.Port, ca: other.Pem))).Failed(CheckStage.Identity, CheckCause.TlsUntrusted);
        (await Target.ProbeAsync(Target.MySql(server.Port, tls: TlsMode.Off))).Passed();
    }

    private async Task<MariaDb> WithUserAsync(string user, string password)
    {
        MariaDb server = await fixture.ServerAsync();
        string text = password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        await server.SqlAsync($"CREATE USER {user}@'%' IDENTIFIED BY '{text}'");
        return server;
    }
}
