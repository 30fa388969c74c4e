using System.Globalization;
using System.Runtime.Versioning;
using PamTui.Core.Accounts;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Servers;
using PamTui.Tests.GatewayTests;
using PamTui.Tests.Rotation;

namespace PamTui.Tests.Connectors;

/// <summary>`resource trust-ca --install` on a real sshd whose configuration is in a folder of its own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AuthorityInstallTests : IAsyncLifetime
{
    private readonly TempFolder _etc = new(readableByAll: true);
    private TestGateway _gateway = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DropIn => _etc.PathOf("sshd_config.d/10-pamtui.conf");

    private string Keys => _etc.PathOf("pamtui_ca.pub");

    public async ValueTask InitializeAsync()
    {
        Missing.NeedRoot();
        Directory.CreateDirectory(_etc.PathOf("sshd_config.d"));
        _gateway = await TestGateway.StartAsync(target: new SshdOptions(Config: [$"Include {_etc.PathOf("sshd_config.d")}/*.conf"]));
        using NewCredential credential = NewCredential.OfCertificates();
        AccountDraft draft = new("web-1", "cert", Environment.UserName, credential, null, "", "", Metadata.Empty);
        TestGateway.Ok(await _gateway.Product.Accounts.AddAsync(TestGateway.Local, draft, CheckMode.Unverified, null, Ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _etc.Dispose();
    }

    [Fact]
    public async Task The_server_trusts_the_CA_at_once_and_the_next_key_as_well_after_another_run()
    {
        Assert.Null(await InstallAsync());

        Assert.Equal($"TrustedUserCAKeys {Keys}\n", await File.ReadAllTextAsync(DropIn, Ct));
        await _gateway.Target.LineAsync("Received SIGHUP; restarting.");
        await Poll.UntilAsync("the server takes the certificate", async () => (await _gateway.SshAsync("alice@cert@web-1", "true")).ExitCode == 0);

        TestGateway.Ok(await _gateway.Product.Authorities.RotateAsync(TestGateway.Local, Ct));
        Assert.Null(await InstallAsync());
        Assert.Equal(2, (await File.ReadAllLinesAsync(Keys, Ct)).Length);
        await Poll.UntilAsync("the next key is trusted", async () => (await _gateway.Product.Authorities.ActivateAsync(TestGateway.Local, null, untried: false, Ct)).IsOk);
        (await _gateway.SshAsync("alice@cert@web-1", "true")).Succeeded();
        Assert.Equal([Keys], Directory.GetFiles(_etc.Path, "pamtui_ca*"));
    }

    [Fact]
    public async Task A_server_that_includes_no_such_folder_is_left_as_it_was()
    {
        Directory.CreateDirectory(_etc.PathOf("elsewhere"));

        CheckFailure? failure = await InstallAsync(dropIn: _etc.PathOf("elsewhere/10-pamtui.conf"));

        Assert.Contains("does not include", failure!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_etc.PathOf("elsewhere")));
        Assert.False(File.Exists(Keys));
    }

    [Fact]
    public async Task A_server_that_trusts_another_file_of_CAs_is_left_as_it_was_and_the_file_is_named()
    {
        string other = _etc.Write("other_ca.pub", "");
        File.WriteAllText(_etc.PathOf("sshd_config.d/00-other.conf"), $"TrustedUserCAKeys {other}\n");
        _etc.Write("pamtui_ca.pub", "what was here\n");

        CheckFailure? failure = await InstallAsync();

        Assert.Contains(other, failure!.Message, StringComparison.Ordinal);
        Assert.Equal("what was here\n", await File.ReadAllTextAsync(Keys, Ct));
        Assert.False(File.Exists(DropIn));
    }

    [Fact]
    public async Task A_configuration_that_is_not_sound_is_left_as_it_was()
    {
        File.WriteAllText(_etc.PathOf("sshd_config.d/99-broken.conf"), "Nonsense yes\n");

        CheckFailure? failure = await InstallAsync();

        Assert.Contains("not sound", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("Nonsense", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Keys));
        Assert.False(File.Exists(DropIn));
    }

    [Fact]
    public async Task A_rotation_account_that_is_not_root_goes_through_sudo_or_changes_nothing()
    {
        await using TestUser user = await TestUser.MakeAsync();

        Assert.Contains("sudo", (await InstallAsync(username: user.Name))!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Keys));

        user.AllowSudo("ALL=(root) NOPASSWD: /bin/sh, /usr/bin/sh");
        Assert.Null(await InstallAsync(username: user.Name));
        Assert.True(File.Exists(Keys));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Keys));
    }

    [Fact]
    public async Task A_connection_that_is_cut_anywhere_leaves_the_old_file_or_the_new_one_whole_and_the_next_run_finishes()
    {
        await using TargetLink link = new(_gateway.Target.Port);

        // So many that they come in pieces.
        SshAuthority[] many = [.. Enumerable.Repeat(Assert.Single(await TrustedAsync(_gateway)), 1500)];
        string whole = string.Concat(many.Select(key => key.KeyLine + "\n"));
        const string Before = "what was here\n";
        Assert.Null(await InstallAsync(port: link.Port, keys: many));
        int pieces = link.Seen;
        int oldOnes = 0;
        int cutShort = 0;
        for (int cut = pieces / 3; cut < pieces; cut += Math.Max(1, pieces / 24))
        {
            _etc.Write("pamtui_ca.pub", Before);
            File.Delete(DropIn);
            link.CutAfter(cut);
            cutShort += await InstallAsync(port: link.Port, keys: many) is null ? 0 : 1;
            link.CutAfter(int.MaxValue);

            // What was begun there ends by itself.
            await Poll.UntilAsync("nothing is left beside the file", () => Task.FromResult(Directory.GetFiles(_etc.Path, "pamtui_ca*").Length == 1));
            string now = await File.ReadAllTextAsync(Keys, Ct);
            Assert.True(now is Before || now == whole, $"cut after {cut} of {pieces}: {now.Length} bytes of {whole.Length}");
            oldOnes += now == Before ? 1 : 0;

            // The server may be reading its configuration at the moment, and take no connection.
            await Poll.UntilAsync("the next run finishes", async () => await InstallAsync(port: link.Port, keys: many) is null);
            Assert.Equal(whole, await File.ReadAllTextAsync(Keys, Ct));
            Assert.Equal($"TrustedUserCAKeys {Keys}\n", await File.ReadAllTextAsync(DropIn, Ct));
            Assert.Equal([DropIn], Directory.GetFiles(_etc.PathOf("sshd_config.d")));
        }

        Assert.NotEqual(0, oldOnes);
        Assert.InRange(cutShort, oldOnes, int.MaxValue);
    }

    [Fact]
    public async Task Without_a_rotation_account_nothing_is_installed()
    {
        Result<Done> installed = await _gateway.Product.Authorities.InstallAsync(TestGateway.Local, "web-2", null, Ct);

        Assert.Contains("--rotation-account", installed.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_pid_file_is_told_by_way_of_the_listener_that_the_session_came_from()
    {
        await using TestGateway other = await TestGateway.StartAsync(target: new SshdOptions(Config: ["PidFile none", $"Include {_etc.PathOf("sshd_config.d")}/*.conf"]));

        Assert.Null(await InstallAsync(gateway: other));

        await other.Target.LineAsync("Received SIGHUP; restarting.");
    }

    [Fact]
    public async Task A_server_that_nobody_can_tell_is_said_to_need_a_reload_and_keeps_what_was_installed()
    {
        // As inetd runs it: no listener above the session, no pid file.
        int port = FreePort.Next();
        string config = _etc.Write("inetd_config", "PidFile none\n" + await File.ReadAllTextAsync(_gateway.Target.ConfigFile, Ct));
        await using ServerProcess inetd = ServerProcess.Start(
            Tools.Need("socat"), ["-d", "-d", string.Create(CultureInfo.InvariantCulture, $"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork"), $"EXEC:{Tools.Need("sshd")} -i -f {config}"]);
        await inetd.LineAsync("listening on");

        CheckFailure? failure = await InstallAsync(port: port, config: config);

        Assert.Contains("reload it there", failure!.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Keys));
        Assert.True(File.Exists(DropIn));
    }

    private static async Task<IReadOnlyList<SshAuthority>> TrustedAsync(TestGateway gateway) => TestGateway.Ok(await gateway.Product.Authorities.TrustedAsync(TestGateway.Local, "web-1", Ct));

    private async Task<CheckFailure?> InstallAsync(
        string? dropIn = null, string? username = null, TestGateway? gateway = null, int? port = null, string? config = null, IReadOnlyList<SshAuthority>? keys = null)
    {
        gateway ??= _gateway;
        keys ??= await TrustedAsync(gateway);
        Resource resource = TestGateway.Ok(await gateway.Product.Resources.FindAsync(TestGateway.Local, "web-1", Ct));
        using Secret key = Secret.From(gateway.TargetKey.PrivateBytes);
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, Target.NoCertificates);
        AuthorityInstall install = new(connectors, new SshdFiles(config ?? gateway.Target.ConfigFile, Keys, dropIn ?? DropIn), TimeProvider.System);
        return await install.RunAsync(resource with { Port = port ?? resource.Port }, new Login(username ?? Environment.UserName, CredentialType.PrivateKey, key, null), keys, null, Ct);
    }
}
