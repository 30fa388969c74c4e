using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>
/// The sign-in to a real PostgreSQL over TLS is SCRAM-SHA-256-PLUS: it holds for the certificate that the server itself has, whoever trusts
/// another one.
/// </summary>
public sealed class ChannelBindingTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private const string NotItsOwn = "the certificate that the gateway was shown is not the server's own";

    private static readonly string[] s_names = [Postgres.Host];

    [Fact]
    public async Task Account_signs_in_bound_to_the_certificate_of_the_server()
    {
        await using TlsMiddle middle = new(fixture.Tunnel.Server, fixture.Tunnel.Server.Pem, hidesBinding: false);

        RunResult result = await SignInAsync("itself", middle, TlsMode.Verify);

        Assert.Equal("analytics\n", result.Succeeded().Text);
        Assert.Contains("SCRAM-SHA-256-PLUS\0", middle.Heard, StringComparison.Ordinal);
        Assert.Contains("p=tls-server-end-point,,n=,r=", middle.Heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsMode.Verify)]
    [InlineData(TlsMode.Require)]
    public async Task G8_certificate_of_somebody_in_the_middle_ends_the_sign_in_even_where_it_is_trusted(TlsMode mode)
    {
        await using TlsMiddle middle = new(fixture.Tunnel.Server, fixture.Tunnel.Server.Ca.Issue(s_names), hidesBinding: false);

        RunResult result = await SignInAsync("another-" + mode, middle, mode);

        Assert.Contains(NotItsOwn, result.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("SCRAM-SHA-256-PLUS\0", middle.Heard, StringComparison.Ordinal);
        Assert.Contains("SCRAM channel binding check failed", fixture.Tunnel.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task G8_somebody_in_the_middle_who_hides_that_the_server_can_bind_is_found_out()
    {
        await using TlsMiddle middle = new(fixture.Tunnel.Server, fixture.Tunnel.Server.Ca.Issue(s_names), hidesBinding: true);

        RunResult result = await SignInAsync("hidden", middle, TlsMode.Verify);

        Assert.Contains(NotItsOwn, result.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("y,,n=,r=", middle.Heard, StringComparison.Ordinal);
        Assert.Contains("SCRAM channel binding negotiation error", fixture.Tunnel.Server.Log, StringComparison.Ordinal);
    }

    private async Task<RunResult> SignInAsync(string resource, TlsMiddle middle, TlsMode mode)
    {
        PostgresTunnel tunnel = fixture.Tunnel;
        string name = resource.ToLowerInvariant();
        await tunnel.AddResourceAsync(name, middle.Port, tunnel.Server.Ca.Pem, mode);
        await tunnel.Gateway.AddAccountAsync(name + "/analytics", CredentialType.Password, System.Text.Encoding.UTF8.GetBytes(PostgresTunnel.Password), null, "analytics");
        int port = await tunnel.OpenAsync(tunnel.Gateway.AliceKey, "alice", "analytics+" + name);
        return await PostgresTunnel.PsqlAsync(port, "select current_user");
    }
}
