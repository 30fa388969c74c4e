using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Gateway;
using PamTui.Gateway.Console;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>OpenSSH's client with certificates made by ssh-keygen.</summary>
public sealed class CertificateSignInTests(CertificateSignInTests.Shared shared) : IClassFixture<CertificateSignInTests.Shared>
{
    private TestGateway Gateway => shared.Gateway;

    [Fact]
    public async Task Certificate_signs_in_the_user_it_names_and_the_audit_says_which_one_it_was()
    {
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "alice's laptop", "-z", "42", "-n", "alice,ops");

        RunResult result = await SshAsync(key, certificate, "alice@web", "echo in");

        Assert.Equal("in\n", result.Succeeded().Text);
        string words = $"certificate 'alice's laptop' serial 42 of CA {shared.Ca.Fingerprint} for {key.Fingerprint}";
        Assert.Contains("alice signed in by " + words, Gateway.Log, StringComparison.Ordinal);
        Page<AuditRow> audit = TestGateway.Ok(await Gateway.Product.Audit.ListAsync(TestGateway.Local, "", new PageRequest(0, 200), TestClient.Ct));
        Assert.Contains(audit.Items, row => row.Action == "signin" && row.Details.Contains("serial 42", StringComparison.Ordinal) && row.Details.Contains(shared.Ca.Fingerprint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bob", new[] { "-n", "alice" }, "the name is not among its principals")]
    [InlineData("alice", new[] { "-n", "alice,deploy" }, null)]
    [InlineData("alice", new string[0], "the name is not among its principals")]
    [InlineData("alice", new[] { "-n", "alice", "-V", "-2h:-1h" }, "it has expired")]
    [InlineData("alice", new[] { "-n", "alice", "-V", "+1h:+2h" }, "it is not valid yet")]
    [InlineData("alice", new[] { "-n", "alice", "-h" }, "")]
    [InlineData("alice", new[] { "-n", "alice", "-O", "critical:new@example.org=x" }, "it has the unknown critical option new@example.org")]
    [InlineData("alice", new[] { "-n", "alice", "-O", "source-address=192.0.2.0/24" }, "it may not be used from this address")]
    [InlineData("alice", new[] { "-n", "alice", "-O", "source-address=192.0.2.0/24,127.0.0.0/8" }, null)]
    [InlineData("nobody", new[] { "-n", "nobody" }, "")]
    public async Task B17_B18_Certificate_must_fit_in_every_respect(string user, string[] options, string? why)
    {
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, ["-I", "x", .. options]);

        RunResult result = await SshAsync(key, certificate, user + "@web", "true");

        if (why is null)
        {
            result.Succeeded();
            return;
        }

        Assert.EndsWith("Permission denied (publickey,password).", result.Ended(255).Error.Trim(), StringComparison.Ordinal);
        Assert.Contains(why, Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B17_Certificate_of_an_unknown_CA_and_one_signed_by_the_users_own_key_are_refused()
    {
        SshKeyFile key = await KeyAsync();

        (await SshAsync(key, await key.CertifyAsync(shared.Other, "-I", "x", "-n", "alice"), "alice@web", "true")).Ended(255);
        (await SshAsync(key, await key.CertifyAsync(Gateway.AliceKey, "-I", "x", "-n", "alice"), "alice@web", "true")).Ended(255);

        Assert.Contains($"its CA {shared.Other.Fingerprint} is not trusted", Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_a_disabled_user_signs_nobody_in()
    {
        await Gateway.Product.Users.AddAsync(TestGateway.Local, "dora", Role.Admin, null, TestClient.Ct);
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "dora");
        (await SshAsync(key, certificate, "dora@web", "true")).Succeeded();

        await Gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "dora", true, TestClient.Ct);

        (await SshAsync(key, certificate, "dora@web", "true")).Ended(255);
    }

    [Fact]
    public async Task B19_Revoked_beats_trusted_for_keys_certified_keys_and_authorities()
    {
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "alice");
        (await SshAsync(key, certificate, "alice@web", "true")).Succeeded();

        foreach (string revoked in new[] { key.PublicLine, key.Fingerprint, "# a comment\n\n" + shared.Ca.PublicLine })
        {
            Reload(revoked);
            (await SshAsync(key, certificate, "alice@web", "true")).Ended(255);
            (await Gateway.SshAsync("alice@web", "true")).Succeeded();
        }

        Reload(Gateway.AliceKey.Fingerprint);
        (await Gateway.SshAsync("alice@web", "true")).Ended(255);
        (await SshAsync(key, certificate, "alice@web", "true")).Succeeded();
        Assert.Contains($"the key {Gateway.AliceKey.Fingerprint} is revoked", Gateway.Log, StringComparison.Ordinal);
        Reload("");
        (await Gateway.SshAsync("alice@web", "true")).Succeeded();
    }

    [Theory]
    [InlineData("restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")]
    [InlineData("restrict")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9")]
    [InlineData("SHA256:short")]
    [InlineData("CERTIFICATE")]
    public async Task A15_B17_File_of_CAs_with_a_line_that_is_no_plain_key_is_refused_as_a_whole(string line)
    {
        if (line == "CERTIFICATE")
        {
            line = await File.ReadAllTextAsync(await (await KeyAsync()).CertifyAsync(shared.Ca, "-I", "x", "-n", "alice"));
        }

        Gateway.Temp.Write("bad", shared.Ca.PublicLine + "\n" + line + "\n");

        Refusal refusal = KeyTrustFiles.Load(shared.Options with { TrustedUserCaKeys = Gateway.Temp.PathOf("bad") }, Gateway.Folder).Refusal!;

        Assert.Equal("TrustedUserCaKeys", refusal.Field);
        Assert.Equal("RevokedKeys", KeyTrustFiles.Load(shared.Options with { RevokedKeys = Gateway.Temp.PathOf("bad") }, Gateway.Folder).Refusal!.Field);
        Assert.NotNull(KeyTrustFiles.Load(shared.Options with { RevokedKeys = "not-there" }, Gateway.Folder).Refusal);
    }

    [Fact]
    public void File_of_CAs_that_others_can_write_is_refused()
    {
        string file = Gateway.Temp.Write("loose", shared.Ca.PublicLine + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        }

        Assert.Contains("written by others", KeyTrustFiles.Load(shared.Options with { TrustedUserCaKeys = file }, Gateway.Folder).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forced_command_runs_in_place_of_whatever_is_asked_for()
    {
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "backup", "-n", "alice", "-O", "force-command=echo forced; exit 3");

        Assert.Equal("forced\n", (await SshAsync(key, certificate, "alice@web", "cat /etc/passwd")).Ended(3).Text);
        Assert.Equal("forced\n", (await SshAsync(key, certificate, "alice@web")).Ended(3).Text);
        Assert.Equal("forced\n", (await SshAsync(key, certificate, "alice@web", "-s", "sftp")).Ended(3).Text);
        Assert.Contains("forced", (await SshAsync(key, certificate, "alice@web", "-tt", "sh")).Ended(3).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forced_command_is_the_command_line_of_the_gateway_where_no_account_is_named()
    {
        List<string?> commands = [];
        Gateway.Face = (request, _) =>
        {
            commands.Add(request.Command);
            return Task.FromResult<ConsoleOutcome>(new ConsoleOutcome.Done(0));
        };
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "alice", "-O", "force-command=session list");

        (await SshAsync(key, certificate, "alice", "user list")).Succeeded();
        (await SshAsync(key, certificate, "alice")).Succeeded();

        Assert.Equal(["session list", "session list"], commands);
    }

    [Fact]
    public async Task Certificate_without_permit_pty_gets_no_terminal()
    {
        SshKeyFile key = await KeyAsync();
        string without = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "alice", "-O", "no-pty");
        string with = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "alice");
        string[] ask = ["-tt", "test -t 0 && echo terminal || echo none"];

        Assert.Contains("PTY allocation request failed", (await SshAsync(key, without, "alice@web", ask)).Error, StringComparison.Ordinal);
        Assert.Equal("in\n", (await SshAsync(key, without, "alice@web", "echo in")).Succeeded().Text);
        Assert.Contains("terminal", (await SshAsync(key, with, "alice@web", ask)).Text, StringComparison.Ordinal);
        Assert.Contains("PTY allocation request failed", (await SshAsync(key, without, "alice", "-tt")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-port-forwarding", false)]
    [InlineData("force-command=id", false)]
    [InlineData("no-x11-forwarding", true)]
    public async Task B8_Jump_is_for_certificates_that_allow_forwarding_and_force_nothing(string option, bool may)
    {
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "alice", "-O", option);
        string outer = string.Join(' ', Gateway.SshOptions(key).Prepend("CertificateFile=" + certificate).Prepend("-o").Select(word => "'" + word + "'"));

        RunResult result = await Run.ProgramAsync(
            "ssh",
            [.. Gateway.SshOptions(key), "-o", "HostKeyAlias=[127.0.0.1]:" + Gateway.EndPoint.Port, "-o", $"ProxyCommand=ssh {outer} -W web:22 alice@127.0.0.1", "deploy@web-1", "echo in"],
            null);

        if (may)
        {
            Assert.Equal("in\n", result.Succeeded().Text);
        }
        else
        {
            Assert.Contains("allows no jumps", result.Ended(255).Error, StringComparison.Ordinal);
        }
    }

    // As sshd has it: the extension decides, a forced command does not (sshd(8), AUTHORIZED_KEYS; PROTOCOL.certkeys).
    [Theory]
    [InlineData(null, "no-x11-forwarding")]
    [InlineData(null, "force-command=session list")]
    [InlineData(null, "source-address=127.0.0.0/8")]
    [InlineData("lacks permit-port-forwarding", "no-port-forwarding")]
    [InlineData("lacks permit-port-forwarding", "clear")]
    [InlineData("Permission denied", "source-address=192.0.2.0/24")]
    public async Task C9_Certificate_says_whether_its_sign_in_may_forward_what_a_grant_names(string? why, string option)
    {
        await using PlainServer server = PlainServer.Start();
        await GrantAsync(server.Place);
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "bob", "-O", option);

        RunResult result = await Run.ProgramAsync("ssh", ["-o", "CertificateFile=" + certificate, .. Gateway.SshOptions(key), "-W", server.Place, "bob@127.0.0.1"], "GET / HTTP/1.0\r\n\r\n"u8.ToArray());

        if (why is null)
        {
            Assert.Contains("took 18 bytes", result.Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(why, result.Ended(255).Error, StringComparison.Ordinal);
            Assert.Equal(0, server.Connections);
        }
    }

    [Fact]
    public async Task Forwarding_goes_on_when_its_certificate_expires_as_every_session_does_and_only_a_new_sign_in_is_refused()
    {
        LateClock time = new();
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync(shared.Options, time: time);
        gateway.Server.Reload(shared.Options, HostKeyFiles.Load(gateway.Folder).Value, TestGateway.Ok(KeyTrustFiles.Load(shared.Options, gateway.Folder)));
        await GrantAsync(gateway, server.Place);
        SshKeyFile key = await KeyAsync();
        string certificate = await key.CertifyAsync(shared.Ca, "-I", "x", "-n", "bob", "-V", "-1m:+10m");
        string socket = gateway.Temp.PathOf("mux");
        string[] options = ["-o", "CertificateFile=" + certificate, .. gateway.SshOptions(key)];
        await using ServerProcess master = ServerProcess.Start(Tools.Need("ssh"), [.. options, "-M", "-N", "-S", socket, "bob@127.0.0.1"]);
        await Poll.UntilAsync("the master", () => File.Exists(socket));

        time.Late = TimeSpan.FromMinutes(11);
        RunResult late = await Run.ProgramAsync("ssh", [.. options, "-W", server.Place, "bob@127.0.0.1"], []);
        RunResult open = await Run.ProgramAsync("ssh", [.. options, "-S", socket, "-W", server.Place, "bob@127.0.0.1"], "GET / HTTP/1.0\r\n\r\n"u8.ToArray());

        late.Ended(255);
        Assert.Contains("it has expired", gateway.Log, StringComparison.Ordinal);
        Assert.Contains("took 18 bytes", open.Text, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Gateway_shows_its_host_certificate_to_a_client_that_knows_only_the_CA()
    {
        string hostKeys = HostKeyFiles.FolderOf(Gateway.Folder);
        string key = Path.Combine(hostKeys, "ssh_host_ed25519_key");
        (await Run.ProgramAsync("ssh-keygen", "-q", "-s", shared.Ca.Path, "-I", "gw", "-h", "-n", "gw.example.org", key + ".pub")).Succeeded();
        Reload("");
        string known = Gateway.Temp.Write("ca_only", $"@cert-authority gw.example.org {shared.Ca.PublicLine}\n");

        RunResult result = await Run.ProgramAsync(
            "ssh", ["-o", "UserKnownHostsFile=" + known, "-o", "HostKeyAlias=gw.example.org", .. Gateway.SshOptions(Gateway.AliceKey), "alice@web@127.0.0.1", "echo in"], null);

        Assert.Equal("in\n", result.Succeeded().Text);
        (await Run.ProgramAsync("ssh-keygen", "-q", "-s", shared.Ca.Path, "-I", "gw", "-n", "gw.example.org", key + ".pub")).Succeeded();
        Assert.Contains("it is for a user", HostKeyFiles.Load(Gateway.Folder).Refusal!.Message, StringComparison.Ordinal);
        File.Copy(await (await KeyAsync()).CertifyAsync(shared.Ca, "-h", "-I", "gw", "-n", "gw"), key + "-cert.pub", overwrite: true);
        Assert.Contains("it certifies another key", HostKeyFiles.Load(Gateway.Folder).Refusal!.Message, StringComparison.Ordinal);
        File.Delete(key + "-cert.pub");
    }

    private Task GrantAsync(string place) => GrantAsync(Gateway, place);

    private static async Task GrantAsync(TestGateway gateway, string place) => TestGateway.Ok(await gateway.Product.Grants.AddAsync(
        TestGateway.Local, new GrantDraft("bob", "web-1", Capability.Forward) { ForwardTo = [HostPort.Parse(place).Value] }, TestClient.Ct));

    private Task<SshKeyFile> KeyAsync() => SshKeyFile.MakeAsync(Gateway.Temp, "key-" + Guid.NewGuid().ToString("N"));

    private Task<RunResult> SshAsync(SshKeyFile key, string certificate, string login, params string[] arguments) => Run.ProgramAsync(
        "ssh",
        [
            "-o", "CertificateFile=" + certificate, .. Gateway.SshOptions(key), .. arguments.TakeWhile(argument => argument.StartsWith('-')), login + "@127.0.0.1",
            .. arguments.SkipWhile(argument => argument.StartsWith('-')),
        ],
        null);

    private void Reload(string revoked)
    {
        Gateway.Temp.Write("revoked", revoked + "\n");
        GatewayOptions options = shared.Options with { RevokedKeys = Gateway.Temp.PathOf("revoked") };
        Gateway.Server.Reload(options, HostKeyFiles.Load(Gateway.Folder).Value, TestGateway.Ok(KeyTrustFiles.Load(options, Gateway.Folder)));
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        internal SshKeyFile Ca { get; private set; } = null!;

        internal SshKeyFile Other { get; private set; } = null!;

        internal GatewayOptions Options { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await TestGateway.StartAsync();
            Ca = await SshKeyFile.MakeAsync(Gateway.Temp, "user_ca");
            Other = await SshKeyFile.MakeAsync(Gateway.Temp, "other_ca");
            Options = new GatewayOptions { TrustedUserCaKeys = Ca.Path + ".pub" };
            Gateway.Server.Reload(Options, HostKeyFiles.Load(Gateway.Folder).Value, TestGateway.Ok(KeyTrustFiles.Load(Options, Gateway.Folder)));
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
