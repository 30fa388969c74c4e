using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Servers;
using PamTui.Tests.Connectors;

namespace PamTui.Tests.GatewayTests;

/// <summary>A target known by the CA of its host key: OpenSSH's sshd with a HostCertificate.</summary>
public sealed class HostCertificateTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;
    private SshKeyFile _ca = null!;
    private SshKeyFile _other = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync();
        _ca = await SshKeyFile.MakeAsync(_gateway.Temp, "host_ca");
        _other = await SshKeyFile.MakeAsync(_gateway.Temp, "other_ca");
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task Certificate_of_the_pinned_CA_for_the_resources_host_stands_for_a_pin(string type)
    {
        await using Sshd target = await TargetAsync(type, "-h", "-n", "127.0.0.1");
        await AddAsync(target, _ca);

        RunResult result = await _gateway.SshAsync("alice@certified", "echo in");

        Assert.Equal("in\n", result.Succeeded().Text);
        Checked check = await Target.CheckKeyAsync(await FindAsync(), Environment.UserName, _gateway.TargetKey.PrivateBytes);
        check.Passed();

        Assert.Equal(await FingerprintAsync(target), check.Report.HostKey!.Fingerprint);
    }

    [Theory]
    [InlineData("other", new[] { "-h", "-n", "127.0.0.1" }, "is not trusted")]
    [InlineData("ca", new[] { "-h", "-n", "web.example.org" }, "the name is not among its principals")]
    [InlineData("ca", new[] { "-h" }, "the name is not among its principals")]
    [InlineData("ca", new[] { "-h", "-n", "*" }, "the name is not among its principals")]
    [InlineData("ca", new[] { "-h", "-n", "127.0.0.1", "-V", "-2h:-1h" }, "it has expired")]
    [InlineData("ca", new[] { "-h", "-n", "127.0.0.1", "-V", "+1h:+2h" }, "it is not valid yet")]
    [InlineData("ca", new[] { "-h", "-n", "127.0.0.1", "-O", "critical:new@example.org=x" }, "unknown critical option")]
    public async Task B17_D1_Host_certificate_that_does_not_fit_is_refused_and_nothing_is_sent(string ca, string[] options, string why)
    {
        await using Sshd target = await TargetAsync("ed25519", options, ca == "ca" ? _ca : _other);
        await AddAsync(target, _ca);

        RunResult result = await _gateway.SshAsync("alice@certified", "true");

        Assert.Contains("the host key it shows is not the one that is pinned", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains(why, _gateway.Log, StringComparison.Ordinal);
        Checked check = (await Target.CheckAsync(await FindAsync(), Environment.UserName, "canary-91b4")).Failed(CheckStage.Identity, CheckCause.HostKeyDiffers);
        Assert.Contains("no CA of the resource certifies", check.Report.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection from authenticating user", target.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("userauth-request", target.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B17_Key_of_the_CA_itself_is_no_host_key()
    {
        await using Sshd target = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [_gateway.TargetKey.PublicLine], Config: ["HostKey " + _other.Path]));
        await AddAsync(target, _other);

        (await _gateway.SshAsync("alice@certified", "true")).Ended(255);

        (await Target.CheckAsync(await FindAsync(), Environment.UserName, "canary-91b4")).Failed(CheckStage.Identity, CheckCause.HostKeyDiffers);
    }

    [Theory]
    [InlineData("ca", new[] { "-h", "-n", "web.example.org" })]
    [InlineData("other", new[] { "-h", "-n", "127.0.0.1" })]
    [InlineData("ca", new[] { "-h", "-n", "127.0.0.1", "-V", "-2h:-1h" })]
    [InlineData("ca", new[] { "-h", "-n", "127.0.0.1", "-V", "+1h:+2h" })]
    public async Task Plain_key_that_is_pinned_stands_though_its_certificate_does_not(string ca, string[] options)
    {
        await using Sshd target = await TargetAsync("ed25519", options, ca == "ca" ? _ca : _other);
        await AddAsync(target, _ca);
        TestGateway.Ok(await _gateway.Product.Resources.PinHostKeyAsync(
            TestGateway.Local, "certified", new SeenHostKey("ssh-ed25519", await FingerprintAsync(target)), "option", TestClient.Ct));

        (await _gateway.SshAsync("alice@certified", "true")).Succeeded();

        Resource resource = await FindAsync();
        Checked check = await Target.CheckKeyAsync(resource, Environment.UserName, _gateway.TargetKey.PrivateBytes);
        check.Passed();
        Assert.Equal(await FingerprintAsync(target), check.Report.HostKey!.Fingerprint);
        (await Target.ProbeAsync(resource)).Passed();
    }

    [Fact]
    public async Task CA_is_shown_listed_in_the_audit_and_forgotten_again()
    {
        await using Sshd target = await TargetAsync("ed25519", "-h", "-n", "127.0.0.1");
        await AddAsync(target, _ca);
        Resource two = TestGateway.Ok(await _gateway.Product.Resources.PinHostAuthorityAsync(TestGateway.Local, "certified", new HostAuthority(_other.PublicLine, "option"), TestClient.Ct));
        Assert.Equal([_ca.Fingerprint, _other.Fingerprint], two.HostAuthorities.Select(pin => pin.Fingerprint));

        await _gateway.Product.Resources.RemoveHostKeyAsync(TestGateway.Local, "certified", _ca.Fingerprint, TestClient.Ct);

        Assert.Equal([_other.Fingerprint], (await FindAsync()).HostAuthorities.Select(pin => pin.Fingerprint));
        (await _gateway.SshAsync("alice@certified", "true")).Ended(255);
        Page<AuditRow> audit = TestGateway.Ok(await _gateway.Product.Audit.ListAsync(TestGateway.Local, "", new PageRequest(0, 200), TestClient.Ct));
        Assert.Contains(audit.Items, row => row.Action == "resource.host-ca.pin" && row.Details.Contains(_other.Fingerprint, StringComparison.Ordinal));
        Refusal refusal = (await _gateway.Product.Resources.PinHostAuthorityAsync(TestGateway.Local, "certified", new HostAuthority("restrict " + _ca.PublicLine, "option"), TestClient.Ct)).Refusal!;
        Assert.Equal("hostCa", refusal.Field);
        Assert.Equal(RefusalKind.NotAllowed, (await _gateway.Product.Resources.PinHostAuthorityAsync(
            await BobWithGrantAsync(), "certified", new HostAuthority(_ca.PublicLine, "option"), TestClient.Ct)).Refusal!.Kind);
    }

    private async Task<Actor> BobWithGrantAsync()
    {
        await _gateway.Product.Grants.AddAsync(
            TestGateway.Local, new PamTui.Core.Users.GrantDraft("bob", "certified/*", Capability.Connect), TestClient.Ct);
        return new Actor("bob", _gateway.Bob.Id, Role.Member, "127.0.0.1");
    }

    private Task<Sshd> TargetAsync(string type, params string[] options) => TargetAsync(type, options, _ca);

    private async Task<Sshd> TargetAsync(string type, string[] options, SshKeyFile ca)
    {
        SshKeyFile host = await SshKeyFile.MakeAsync(_gateway.Temp, "host-" + Guid.NewGuid().ToString("N"), type);
        string certificate = await host.CertifyAsync(ca, ["-I", "target", .. options]);
        return await Sshd.StartAsync(new SshdOptions(
            HostKeyTypes: [], AuthorizedKeys: [_gateway.TargetKey.PublicLine], Config: ["HostKey " + host.Path, "HostCertificate " + certificate, "LogLevel DEBUG2"]));
    }

    private async Task AddAsync(Sshd target, SshKeyFile ca)
    {
        TestGateway.Ok(await _gateway.Product.Resources.AddAsync(
            TestGateway.Local,
            new ResourceDraft("certified", ResourceKind.Linux, Sshd.Host, target.Port, null, TlsMode.Verify, null, [], false, "", Metadata.Empty)
            {
                HostAuthorities = [new HostAuthority(ca.PublicLine, "option")],
            },
            TestClient.Ct));
        await _gateway.AddAccountAsync("certified/deploy", "certified");
    }

    private async Task<Resource> FindAsync() => TestGateway.Ok(await _gateway.Product.Resources.FindAsync(TestGateway.Local, "certified", TestClient.Ct));

    /// <summary>Of its plain key, as ssh-keyscan sees it.</summary>
    private static async Task<string> FingerprintAsync(Sshd target)
    {
        RunResult scan = await Run.ProgramAsync("ssh-keyscan", "-p", target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), Sshd.Host);
        byte[] blob = Convert.FromBase64String(scan.Text.Split('\n').First(line => line.StartsWith('[')).Split(' ')[2]);
        return "SHA256:" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(blob)).TrimEnd('=');
    }
}
