using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Certificates;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Core.Storage;
using PamTui.Core.Vault;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.GatewayTests;

/// <summary>Accounts without a stored credential: a real sshd that trusts the gateway's CA and no key.</summary>
public sealed class CertificateAccountTests : IAsyncLifetime
{
    private static readonly AccountRef s_account = new("web-1", "cert");

    private TestGateway _gateway = null!;
    private TempFolder _target = null!;

    private static CancellationToken Ct => TestClient.Ct;

    private static string Me => Environment.UserName;

    private string CaFile => _target.PathOf("pamtui_ca.pub");

    public async ValueTask InitializeAsync()
    {
        _target = new TempFolder(readableByAll: true);
        _gateway = await TestGateway.StartAsync(target: new SshdOptions(AuthorizedKeys: [], Config: ["TrustedUserCAKeys " + CaFile]));
        await AddAsync(s_account.ToString(), Me);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _target.Dispose();
    }

    [Fact]
    public async Task A_session_signs_in_by_a_certificate_and_the_targets_own_log_names_the_person()
    {
        SshAuthority ca = await TrustAsync();

        RunResult result = await _gateway.SshAsync("alice@cert@web-1", "echo in; exit 3");

        Assert.Equal("in\n", result.Ended(3).Text);
        SessionRecord session = Assert.Single(await _gateway.SessionsAsync());
        string accepted = await _gateway.Target.LineAsync($"Accepted publickey for {Me} from 127.0.0.1");
        Assert.Contains($"ID pamtui user=alice account=web-1/cert session={session.Id} (serial ", accepted, StringComparison.Ordinal);
        Assert.Contains("CA ED25519 " + ca.Fingerprint, accepted, StringComparison.Ordinal);

        Assert.Equal(["session.start", "ca.sign"], (await AuditAsync()).Where(row => row.Target == "web-1/cert").Select(row => row.Action).Where(action => action is "session.start" or "ca.sign"));
        AuditRow signed = (await AuditAsync()).First(row => row.Action == "ca.sign");
        Assert.Equal("alice", signed.Actor);
        Assert.Contains($"session={session.Id}", signed.Details, StringComparison.Ordinal);
        Assert.Contains("from=127.0.0.1/32", signed.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_and_a_second_session_work_as_with_any_credential_each_with_a_key_of_its_own()
    {
        await TrustAsync();

        Assert.EndsWith("tty\n", (await _gateway.SshAsync("alice@cert@web-1", "-tt", "test -t 0 && stty -onlcr && echo tty")).Succeeded().Text, StringComparison.Ordinal);
        (await _gateway.SshAsync("alice@cert@web-1", "true")).Succeeded();

        string[] keys = [.. (await AuditAsync()).Where(row => row.Action == "ca.sign").Select(row => Of(row.Details, "key")).Distinct()];
        Assert.Equal(2, keys.Length);
    }

    [Fact]
    public async Task The_check_of_such_an_account_really_signs_in()
    {
        await TrustAsync();

        CheckReport report = TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct));

        Assert.Null(report.Failure);
        Assert.Contains("ID pamtui check=web-1 username=" + Me, await _gateway.Target.LineAsync("Accepted publickey for " + Me), StringComparison.Ordinal);
        Assert.Equal(CheckState.Verified, TestGateway.Ok(await _gateway.Product.Accounts.FindAsync(TestGateway.Local, s_account, Ct)).CheckState);
    }

    [Fact]
    public async Task A_target_that_does_not_trust_the_CA_is_told_with_what_to_do_in_the_check_and_in_the_session()
    {
        TestGateway.Ok(await _gateway.Product.Authorities.InitAsync(TestGateway.Local, Ct));

        CheckReport report = TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct));
        RunResult result = await _gateway.SshAsync("alice@cert@web-1", "true");

        Assert.Equal((CheckStage.SignIn, CheckCause.KeyNotAccepted), (report.Failure!.Stage, report.Failure.Cause));
        Assert.Contains("`pamtui resource trust-ca web-1`", report.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("`pamtui resource trust-ca web-1`", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.Empty(await _gateway.SessionsAsync());
    }

    [Fact]
    public async Task Without_a_CA_nothing_is_signed_and_the_way_to_make_one_is_said()
    {
        CheckReport report = TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct));
        RunResult result = await _gateway.SshAsync("alice@cert@web-1", "true");

        Assert.Equal((CheckStage.SignIn, CheckCause.NoAuthority), (report.Failure!.Stage, report.Failure.Cause));
        Assert.Contains("no SSH CA yet", report.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("no SSH CA yet", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(await AuditAsync(), row => row.Action == "ca.sign");
    }

    [Fact]
    public async Task What_is_signed_is_for_one_user_some_minutes_one_address_and_a_login_alone()
    {
        SshAuthority ca = await TrustAsync();

        (_, string file, SessionCertificate issued) = await IssueAsync(IPAddress.Parse("::ffff:192.0.2.9"));

        string[] shown = [.. (await Run.ProgramAsync("ssh-keygen", "-L", "-f", file)).Succeeded().Text.Split('\n').Select(line => line.Trim()).Skip(1)];
        Assert.Contains("Type: ssh-ed25519-cert-v01@openssh.com user certificate", shown);
        Assert.Contains($"Signing CA: ED25519 {ca.Fingerprint} (using ssh-ed25519)", shown);
        Assert.Contains($"Key ID: \"pamtui user=alice account=web-1/cert session={issued.Session}\"", shown);
        string[] rest = [.. shown.SkipWhile(line => line != "Principals:").Where(line => line.Length > 0)];
        Assert.Equal(["Principals:", Me, "Critical Options:", "source-address 192.0.2.9/32", "Extensions:", "permit-pty", "permit-user-rc"], rest);
        SshCertificate certificate = SshCertificate.Parse(issued.Blob.Span);
        Assert.Equal(360ul, certificate.ValidBefore - certificate.ValidAfter);
    }

    [Theory]
    [InlineData("192.0.2.9", "not from a permitted source address")]
    [InlineData("127.0.0.1", null)]
    public async Task The_target_refuses_a_certificate_that_comes_from_another_address(string address, string? said)
    {
        await TrustAsync();

        (SshKeyFile key, string file, _) = await IssueAsync(IPAddress.Parse(address));

        await SignInAsync(key, file, said);
    }

    [Theory]
    [InlineData(-6, "expired")]
    [InlineData(4, "not yet valid")]
    [InlineData(-3, null)]
    public async Task The_target_refuses_a_certificate_before_and_after_its_minutes(int minutes, string? said)
    {
        await TrustAsync();
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow().AddMinutes(minutes));
        await using Product then = TestGateway.Ok(await Product.OpenAsync(
            _gateway.Folder, new VaultUnlock(), CoreTests.TestVault.Cheap, clock, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, Ct));

        (SshKeyFile key, string file, _) = await IssueAsync(IPAddress.Loopback, then);

        await SignInAsync(key, file, said);
    }

    [Fact]
    public async Task The_target_refuses_a_certificate_that_names_another_user()
    {
        await TrustAsync();
        await AddAsync("web-1/other", "daemon");

        (SshKeyFile key, string file, _) = await IssueAsync(IPAddress.Loopback, account: "other");

        await SignInAsync(key, file, "name is not a listed principal");
    }

    [Theory]
    [InlineData("deploy,root")]
    [InlineData("dep*")]
    [InlineData("dep?oy")]
    [InlineData("!deploy")]
    [InlineData("deploy root")]
    [InlineData("")]
    public async Task B18_A_username_that_a_target_could_read_as_a_list_or_a_pattern_is_no_principal(string username)
    {
        using NewCredential credential = NewCredential.OfCertificates();
        AccountDraft draft = new("web-1", "hostile", username, credential, null, "", "", Metadata.Empty);

        Result<SavedAccount> saved = await _gateway.Product.Accounts.AddAsync(TestGateway.Local, draft, CheckMode.Unverified, null, Ct);

        Assert.Equal((RefusalKind.Invalid, "username"), (saved.Refusal!.Kind, saved.Refusal.Field));
    }

    [Fact]
    public async Task A_certificate_is_issued_for_a_grant_to_connect_alone_and_only_as_long_as_it_holds()
    {
        await TrustAsync();
        SshKeyFile key = await SshKeyFile.MakeAsync(_gateway.Temp, "session");
        Grant row = TestGateway.Ok(await _gateway.Product.Grants.AddAsync(TestGateway.Local, new Core.Users.GrantDraft("bob", "web-1/cert", Capability.Connect), Ct));
        AccessGrant grant = (await _gateway.Product.Authorizer.AuthorizeAsync(_gateway.Bob.Id, s_account, Capability.Connect, Ct))!;
        AccessGrant manage = (await _gateway.Product.Authorizer.AuthorizeAsync(_gateway.Alice.Id, s_account, Capability.Manage, Ct))!;
        AccessGrant other = (await _gateway.Product.Authorizer.AuthorizeAsync(_gateway.Alice.Id, new AccountRef("web-1", "deploy"), Capability.Connect, Ct))!;
        TestGateway.Ok(await _gateway.Product.Grants.RemoveAsync(TestGateway.Local, row.Id, Ct));

        foreach (AccessGrant refused in new[] { grant, manage, other })
        {
            Result<SessionCertificate> issued = await _gateway.Product.Sessions.IssueCertificateAsync(refused, Blob(key), IPAddress.Loopback, "192.0.2.1", Ct);
            Assert.Equal(RefusalKind.NotAllowed, issued.Refusal!.Kind);
        }

        Assert.DoesNotContain(await AuditAsync(), audit => audit.Action == "ca.sign");
    }

    [Fact]
    public async Task The_next_key_is_trusted_beside_the_old_one_signs_when_an_admin_says_so_and_the_old_one_goes_at_last()
    {
        Authorities authorities = new(_gateway.Product);
        SshAuthority old = await TrustAsync();

        SshAuthority next = await authorities.RotateAsync();
        Assert.Equal([old.Fingerprint, next.Fingerprint], await authorities.TrustedAsync());
        await PassesAsync(old);

        // A target that has only the old lines would refuse the new key; so would one that has only the new ones refuse the old.
        await authorities.ActivateAsync();
        (await _gateway.SshAsync("alice@cert@web-1", "true")).Ended(255);
        await authorities.ActivateAsync(old.Fingerprint);
        await PassesAsync(old);
        File.WriteAllLines(CaFile, await authorities.LinesAsync());
        await authorities.ActivateAsync(next.Fingerprint);
        await PassesAsync(next);

        await authorities.RetireAsync(old.Fingerprint);
        Assert.Equal([next.Fingerprint], await authorities.TrustedAsync());
        Assert.Equal(RefusalKind.Failed, (await _gateway.Product.Authorities.ActivateAsync(TestGateway.Local, old.Fingerprint, untried: true, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.Failed, (await _gateway.Product.Authorities.RetireAsync(TestGateway.Local, next.Fingerprint, Ct)).Refusal!.Kind);
        await PassesAsync(next);
        Assert.Equal(["ca.retire", "ca.activate", "ca.activate", "ca.activate", "ca.rotate", "ca.init"], (await AuditAsync()).Where(row => row.Target == "ssh-ca").Select(row => row.Action));
    }

    [Fact]
    public async Task A_rekeyed_vault_goes_on_signing()
    {
        SshAuthority ca = await TrustAsync();

        TestGateway.Ok(await _gateway.Product.Keys.RekeyAsync(TestGateway.Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));

        await PassesAsync(ca);
        await using Product again = await _gateway.AnotherAsync();
        Assert.Null(TestGateway.Ok(await again.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct)).Failure);
    }

    [Fact]
    public async Task The_CA_is_for_admins_alone()
    {
        Actor bob = new("bob", _gateway.Bob.Id, Role.Member, "192.0.2.1");
        TestGateway.Ok(await _gateway.Product.Grants.AddAsync(
            TestGateway.Local, new Core.Users.GrantDraft("bob", "web-1/*", Capability.Connect | Capability.Manage | Capability.Reveal | Capability.Audit), Ct));
        Core.Authorities.Authorities authorities = _gateway.Product.Authorities;

        RefusalKind?[] refused =
        [
            (await authorities.InitAsync(bob, Ct)).Refusal?.Kind, (await authorities.ListAsync(bob, Ct)).Refusal?.Kind, (await authorities.RotateAsync(bob, Ct)).Refusal?.Kind,
            (await authorities.ActivateAsync(bob, null, untried: true, Ct)).Refusal?.Kind, (await authorities.RetireAsync(bob, "SHA256:x", Ct)).Refusal?.Kind, (await authorities.TrustedAsync(bob, "web-1", Ct)).Refusal?.Kind,
        ];

        Assert.All(refused, kind => Assert.Equal(RefusalKind.NotAllowed, kind));
        Assert.Empty(TestGateway.Ok(await authorities.ListAsync(TestGateway.Local, Ct)));
    }

    [Fact]
    public async Task The_next_key_is_tried_by_real_sign_ins_before_it_signs_and_nothing_is_changed_by_that()
    {
        Core.Authorities.Authorities authorities = _gateway.Product.Authorities;
        SshAuthority old = await TrustAsync();
        TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct));
        Assert.Equal(RefusalKind.NotFound, (await authorities.TryAsync(TestGateway.Local, null, null, null, Ct)).Refusal!.Kind);
        SshAuthority next = TestGateway.Ok(await authorities.RotateAsync(TestGateway.Local, Ct));

        Core.Authorities.TriedAccount refused = Assert.Single(TestGateway.Ok(await authorities.TryAsync(TestGateway.Local, null, null, null, Ct)));
        Assert.Equal((s_account, CheckCause.KeyNotAccepted), (refused.Account, refused.Report.Failure!.Cause));
        Assert.Contains("`pamtui resource trust-ca web-1`", refused.Report.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(CheckState.Verified, TestGateway.Ok(await _gateway.Product.Accounts.FindAsync(TestGateway.Local, s_account, Ct)).CheckState);

        File.WriteAllLines(CaFile, [old.KeyLine, next.KeyLine]);
        Assert.True(Assert.Single(TestGateway.Ok(await authorities.TryAsync(TestGateway.Local, next.Fingerprint, s_account, null, Ct))).Report.Passed);
        await _gateway.Target.LineAsync("CA ED25519 " + next.Fingerprint);
        await PassesAsync(old);
        Assert.Equal(["ssh-ca", "ssh-ca", "web-1/cert"], (await AuditAsync()).Where(row => row.Action is "ca.test" or "ca.rotate").Select(row => row.Target).Order(StringComparer.Ordinal));
        Assert.Equal(RefusalKind.NotFound, (await authorities.TryAsync(TestGateway.Local, null, new AccountRef("web-1", "deploy"), null, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task No_face_makes_the_next_key_sign_before_every_account_signed_in_by_it_unless_it_says_so()
    {
        Core.Authorities.Authorities authorities = _gateway.Product.Authorities;
        SshAuthority old = await TrustAsync();
        SshAuthority next = TestGateway.Ok(await authorities.RotateAsync(TestGateway.Local, Ct));

        Refusal refused = (await authorities.ActivateAsync(TestGateway.Local, null, untried: false, Ct)).Refusal!;
        Assert.Contains("1 of 1 accounts do not sign in by this key: web-1/cert. Nothing was changed", refused.Message, StringComparison.Ordinal);
        await PassesAsync(old);

        File.WriteAllLines(CaFile, [old.KeyLine, next.KeyLine]);
        Assert.Equal(next.Fingerprint, TestGateway.Ok(await authorities.ActivateAsync(TestGateway.Local, null, untried: false, Ct)).Fingerprint);
        await PassesAsync(next);
        Assert.Contains("signs already", (await authorities.ActivateAsync(TestGateway.Local, next.Fingerprint, untried: false, Ct)).Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal("tried=1", Of(Assert.Single(await AuditAsync(), row => row.Action == "ca.activate").Details, "tried"));
    }

    [Fact]
    public async Task A_resource_is_added_with_what_its_target_sees_as_the_gateways_address()
    {
        Core.Resources.ResourceDraft draft = new("far", ResourceKind.Linux, "192.0.2.1", null, null, TlsMode.Verify, null, [], false, "", Metadata.Empty);

        Resource added = TestGateway.Ok(await _gateway.Product.Resources.AddAsync(TestGateway.Local, draft with { SourceAddress = "203.0.113.7" }, Ct));

        Assert.Equal("203.0.113.7/32", added.SourceAddress?.Text);
        Assert.Equal("sourceAddress", (await _gateway.Product.Resources.AddAsync(TestGateway.Local, draft with { Name = "wrong", SourceAddress = "somewhere" }, Ct)).Refusal!.Field);
    }

    [Theory]
    [InlineData("127.0.0.1, 203.0.113.0/24", "source-address 127.0.0.1/32,203.0.113.0/24", null)]
    [InlineData("203.0.113.0/24,2001:db8::/64", "source-address 203.0.113.0/24,2001:db8::/64", "not from a permitted source address")]
    [InlineData("none", null, null)]
    public async Task Behind_address_translation_the_resource_says_from_where_its_certificates_come(string source, string? option, string? said)
    {
        await TrustAsync();
        TestGateway.Ok(await _gateway.Product.Resources.EditAsync(TestGateway.Local, "web-1", new Core.Resources.ResourceChange { SourceAddress = source }, Ct));

        (SshKeyFile key, string file, _) = await IssueAsync(IPAddress.Parse("192.0.2.9"));

        string shown = (await Run.ProgramAsync("ssh-keygen", "-L", "-f", file)).Succeeded().Text;
        Assert.Contains(option ?? "Critical Options: (none)", shown, StringComparison.Ordinal);
        await SignInAsync(key, file, said);
        Assert.Equal(said is null, TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct)).Passed);

        TestGateway.Ok(await _gateway.Product.Resources.EditAsync(TestGateway.Local, "web-1", new Core.Resources.ResourceChange { SourceAddress = "" }, Ct));
        Assert.True(TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct)).Passed);
        Assert.Contains("from=127.0.0.1/32", (await AuditAsync()).First(row => row.Action == "ca.sign").Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("somewhere")]
    [InlineData("127.0.0.1,")]
    [InlineData("10.0.0.0/33")]
    [InlineData("fe80::1%eth0")]
    [InlineData("none,127.0.0.1")]
    [InlineData("10.0.0.0/8 ,*")]
    public async Task What_is_no_network_is_no_source_address(string source) =>
        Assert.Equal("sourceAddress", (await _gateway.Product.Resources.EditAsync(TestGateway.Local, "web-1", new Core.Resources.ResourceChange { SourceAddress = source }, Ct)).Refusal!.Field);

    [Fact]
    public async Task D6_the_private_key_of_the_CA_is_in_no_log_no_audit_row_and_no_file()
    {
        SshAuthority ca = await TrustAsync();
        (await _gateway.SshAsync("alice@cert@web-1", "true")).Succeeded();
        TestGateway.Ok(await _gateway.Product.Accounts.CheckAsync(TestGateway.Local, s_account, null, Ct));
        using Database database = new(_gateway.Folder.FileOf(Database.FileName));
        using OpenVault vault = TestGateway.Ok(await OpenVault.OpenAsync(_gateway.Folder, new VaultUnlock(), database, Ct));
        using Secret seed = (await database.ReadAsync(tx => new SecretStore(vault).OpenAsync(tx, new SecretBinding(CertificateAuthority.OwnerKind, ca.Id, "privateKey", 1)), Ct))!;
        using SigningKey key = SigningKey.From(seed.Copy());
        Assert.Equal(ca.Fingerprint, SigningKey.FingerprintOf(key.PublicBlob()));

        List<byte[]> places = [Encoding.UTF8.GetBytes(_gateway.Log), Encoding.UTF8.GetBytes(_gateway.Target.Log), Encoding.UTF8.GetBytes(string.Join('\n', await AuditAsync()))];
        places.AddRange(Directory.GetFiles(_gateway.Folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes));

        byte[] raw = seed.Bytes.ToArray();
        foreach (byte[] form in (byte[][])[raw, Encoding.ASCII.GetBytes(Convert.ToBase64String(raw)[..40]), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(raw)), Encoding.ASCII.GetBytes(Convert.ToHexString(raw))])
        {
            Assert.All(places, place => Assert.True(place.AsSpan().IndexOf(form) < 0));
        }

        // The hunt finds what is there.
        Assert.Contains(places, place => place.AsSpan().IndexOf(ca.PublicKey.Span) >= 0);
    }

    private static ReadOnlyMemory<byte> Blob(SshKeyFile key) => Convert.FromBase64String(key.PublicLine.Split(' ')[1]);

    private static string Of(string details, string key) => details.Split(' ').First(pair => pair.StartsWith(key + "=", StringComparison.Ordinal));

    private async Task AddAsync(string reference, string username)
    {
        AccountRef parsed = AccountRef.Parse(reference).Value;
        using NewCredential credential = NewCredential.OfCertificates();
        AccountDraft draft = new(parsed.Resource, parsed.Account, username, credential, null, "", "", Metadata.Empty);
        TestGateway.Ok(await _gateway.Product.Accounts.AddAsync(TestGateway.Local, draft, CheckMode.Unverified, null, CancellationToken.None));
    }

    /// <summary>The target has the lines that `resource trust-ca` prints.</summary>
    private async Task<SshAuthority> TrustAsync()
    {
        IReadOnlyList<SshAuthority> keys = TestGateway.Ok(await _gateway.Product.Authorities.TrustedAsync(TestGateway.Local, "web-1", Ct));
        File.WriteAllLines(CaFile, keys.Select(key => key.KeyLine));
        return Assert.Single(keys);
    }

    private async Task PassesAsync(SshAuthority ca)
    {
        int before = _gateway.Target.Log.Length;
        (await _gateway.SshAsync("alice@cert@web-1", "true")).Succeeded();
        Assert.Contains("CA ED25519 " + ca.Fingerprint, _gateway.Target.Log[before..], StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync() =>
        TestGateway.Ok(await _gateway.Product.Audit.ListAsync(TestGateway.Local, "", new PageRequest(0, 200), Ct)).Items;

    /// <summary>A certificate as the gateway would get it, as files that OpenSSH's client takes.</summary>
    private async Task<(SshKeyFile Key, string Certificate, SessionCertificate Issued)> IssueAsync(IPAddress local, Product? product = null, string account = "cert")
    {
        product ??= _gateway.Product;
        SshKeyFile key = await SshKeyFile.MakeAsync(_gateway.Temp, "session-" + account);
        AccessGrant grant = (await product.Authorizer.AuthorizeAsync(_gateway.Alice.Id, new AccountRef("web-1", account), Capability.Connect, Ct))!;
        SessionCertificate issued = TestGateway.Ok(await product.Sessions.IssueCertificateAsync(grant, Blob(key), local, "192.0.2.1", Ct));
        return (key, _gateway.Temp.Write("session-cert.pub", SshCertificate.Parse(issued.Blob.Span) + "\n"), issued);
    }

    /// <param name="said">What the target says of the certificate it refuses; null: it takes it.</param>
    private async Task SignInAsync(SshKeyFile key, string certificate, string? said)
    {
        string known = _gateway.Temp.Write("known_target", _gateway.Target.KnownHosts);
        RunResult result = await Run.ProgramAsync(
            "ssh",
            [
                "-F", "none", "-i", key.Path, "-o", "CertificateFile=" + certificate, "-o", "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=" + known, "-o", "GlobalKnownHostsFile=none",
                "-o", "BatchMode=yes", "-p", _gateway.Target.Port.ToString(CultureInfo.InvariantCulture), Me + "@127.0.0.1", "true",
            ],
            null);
        if (said is null)
        {
            result.Succeeded();
            return;
        }

        result.Ended(255);
        Assert.Contains(said, _gateway.Target.Log, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The admin's verbs, in short.</summary>
    private sealed class Authorities(Product product)
    {
        public async Task<SshAuthority> RotateAsync() => TestGateway.Ok(await product.Authorities.RotateAsync(TestGateway.Local, Ct));

        /// <summary>Whatever the target trusts.</summary>
        public async Task ActivateAsync(string? fingerprint = null) => TestGateway.Ok(await product.Authorities.ActivateAsync(TestGateway.Local, fingerprint, untried: true, Ct));

        public async Task RetireAsync(string fingerprint) => TestGateway.Ok(await product.Authorities.RetireAsync(TestGateway.Local, fingerprint, Ct));

        public async Task<IEnumerable<string>> TrustedAsync() => (await KeysAsync()).Select(key => key.Fingerprint);

        public async Task<IEnumerable<string>> LinesAsync() => (await KeysAsync()).Select(key => key.KeyLine);

        private async Task<IReadOnlyList<SshAuthority>> KeysAsync() => TestGateway.Ok(await product.Authorities.TrustedAsync(TestGateway.Local, "web-1", Ct));
    }
}
