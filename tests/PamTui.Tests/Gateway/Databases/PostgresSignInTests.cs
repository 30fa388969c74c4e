using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>The sign-in upstream, by each way a real server asks for.</summary>
public sealed class PostgresSignInTests
{
    private const string Local = "local all all trust\n";

    [Theory]
    [InlineData(TlsMode.Verify, "hostssl all all all scram-sha-256", "t")]
    [InlineData(TlsMode.Require, "hostssl all all all scram-sha-256", "t")]
    [InlineData(TlsMode.Off, "host all all all scram-sha-256", "f")]
    [InlineData(TlsMode.Verify, "hostssl all all all password", "t")]
    public async Task Account_signs_in(TlsMode mode, string hba, string tls)
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync(mode, hba: Local + hba + "\n");

        RunResult result = await tunnel.PsqlAsync("select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()");

        Assert.Equal("analytics|" + tls + "\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Account_signs_in_by_md5_where_a_server_still_has_it()
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync(config: ["password_encryption=md5"], hba: Local + "hostssl all all all md5\n");

        Assert.StartsWith("md5", await tunnel.Server.SqlAsync("select rolpassword from pg_authid where rolname = 'analytics'"), StringComparison.Ordinal);
        Assert.Equal("1\n", (await tunnel.PsqlAsync("select 1")).Succeeded().Text);
    }

    [Fact]
    public async Task D5_password_is_not_sent_in_clear_to_a_server_that_was_not_verified()
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync(TlsMode.Require, hba: Local + "hostssl all all all password\n");

        Assert.Contains("asks for the password in clear, which is not sent to a server that is not verified", (await tunnel.PsqlAsync("select 1")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G8_certificate_of_another_ca_ends_it_before_the_server_hears_a_name()
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync(hba: Local + "hostssl all all all scram-sha-256\n");
        using TestCa other = new();
        await tunnel.AddResourceAsync("other", tunnel.Server.Port, other.Pem, TlsMode.Verify);
        await tunnel.Gateway.AddAccountAsync("other/analytics", CredentialType.Password, "x"u8.ToArray(), null, "analytics");
        int port = await tunnel.OpenAsync(tunnel.Gateway.AliceKey, "alice", "analytics+other");

        RunResult result = await PostgresTunnel.PsqlAsync(port, "select 1");

        Assert.Contains("its certificate is not trusted: it was signed by an unknown CA", result.Ended(2).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("user=analytics", tunnel.Server.Log, StringComparison.Ordinal);
        Assert.Empty(await tunnel.Gateway.SessionsAsync());
    }

    [Fact]
    public async Task Database_that_is_not_there_and_one_that_is_closed_are_told_apart()
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync();
        await tunnel.Server.SqlAsync("revoke connect on database template1 from public");

        string port = tunnel.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        RunResult missing = await Run.ProgramAsync("psql", ["-X", "-h", "127.0.0.1", "-p", port, "-U", "x", "nowhere"], null);
        RunResult closed = await Run.ProgramAsync("psql", ["-X", "-h", "127.0.0.1", "-p", port, "-U", "x", "template1"], null);

        Assert.Contains("there is no such database", missing.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("the account may not use this database", closed.Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_down_is_told_in_a_sentence()
    {
        await using PostgresTunnel tunnel = await PostgresTunnel.StartAsync();
        await tunnel.AddResourceAsync("down", FreePort.Next(), null, TlsMode.Off);
        await tunnel.Gateway.AddAccountAsync("down/it", CredentialType.Password, "x"u8.ToArray(), null, "it");
        int port = await tunnel.OpenAsync(tunnel.Gateway.AliceKey, "alice", "it+down");

        RunResult result = await PostgresTunnel.PsqlAsync(port, "select 1");

        Assert.Contains("FATAL:  down/it cannot be opened: nothing listens on its port; an operator should see whether the database server runs", result.Ended(2).Error, StringComparison.Ordinal);
    }
}
