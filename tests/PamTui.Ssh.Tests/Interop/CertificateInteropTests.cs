using System.Globalization;
using System.Net.Sockets;
using PamTui.Servers;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Interop;

/// <summary>Certificates between the engine and OpenSSH, in both roles.</summary>
public sealed class CertificateInteropTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new(readableByAll: true);
    private SshKeyFile _ca = null!;

    public async ValueTask InitializeAsync()
    {
        Tools.Need("ssh");
        _ca = await SshKeyFile.MakeAsync(_folder, "ca");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("ed25519", "ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("ecdsa", "ecdsa-sha2-nistp256-cert-v01@openssh.com")]
    [InlineData("rsa", "rsa-sha2-512-cert-v01@openssh.com")]
    [InlineData("rsa", "rsa-sha2-256-cert-v01@openssh.com")]
    public async Task Ssh_signs_in_with_a_certificate_and_is_shown_one(string type, string algorithm)
    {
        SshKeyFile user = await SshKeyFile.MakeAsync(_folder, "user", type);
        SshKeyFile host = await SshKeyFile.MakeAsync(_folder, "host", type);
        string userCertificate = await user.CertifyAsync(_ca, "-I", "me", "-n", "alice");
        SshCertificate hostCertificate = Read(await host.CertifyAsync(_ca, "-h", "-I", "gw", "-n", "gw.example.org"));
        using SshPrivateKey hostKey = SshPrivateKey.Parse(host.PrivateBytes);
        await using TestServer server = new(
            () => new Judge(_ca.Fingerprint), new SshOptions { HostCertificates = [hostCertificate] }, [hostKey], new ServerAuthOptions { Certificates = true });
        string known = _folder.Write("known_hosts", $"@cert-authority gw.example.org {_ca.PublicLine}\n");

        RunResult result = await Run.ProgramAsync(
            "ssh",
            [
                .. Arguments(server, user, known), "-o", "CertificateFile=" + userCertificate, "-o", "HostKeyAlgorithms=" + algorithm,
                "-o", "PubkeyAcceptedAlgorithms=" + algorithm + "," + algorithm.Replace("-cert-v01@openssh.com", "", StringComparison.Ordinal), "alice@127.0.0.1", "cat",
            ],
            "x"u8.ToArray());

        Assert.Equal("x", result.Succeeded().Text);
        SshTransport transport = Assert.Single(server.Transports);
        Assert.Equal(algorithm, transport.Algorithms.HostKey);
        Assert.Empty(server.Faults);
    }

    [Fact]
    public async Task Server_without_certificates_looks_at_none()
    {
        SshKeyFile user = await SshKeyFile.MakeAsync(_folder, "user");
        string certificate = await user.CertifyAsync(_ca, "-I", "me", "-n", "alice");
        await using TestServer server = new(() => new Judge(_ca.Fingerprint));

        RunResult result = await Run.ProgramAsync("ssh", [.. Arguments(server, user, null), "-o", "CertificateFile=" + certificate, "alice@127.0.0.1", "cat"], []);

        Assert.Contains("Permission denied", result.Ended(255).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ed25519", "ssh-ed25519")]
    [InlineData("rsa", "rsa-sha2-512")]
    public async Task Sshd_shows_its_certificate_and_takes_ours(string type, string algorithm)
    {
        SshKeyFile user = await SshKeyFile.MakeAsync(_folder, "user", type);
        SshKeyFile host = await SshKeyFile.MakeAsync(_folder, "host", type);
        string userCertificate = await user.CertifyAsync(_ca, "-I", "me", "-n", Environment.UserName);
        string hostCertificate = await host.CertifyAsync(_ca, "-h", "-I", "target", "-n", "127.0.0.1");
        string trusted = _folder.Write("user_ca.pub", _ca.PublicLine + "\n");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["HostKey " + host.Path, "HostCertificate " + hostCertificate, "TrustedUserCAKeys " + trusted]));
        using SshPrivateKey key = SshPrivateKey.Parse(user.PrivateBytes);
        AlgorithmPreferences preferences = new() { HostKeys = [SshCertificate.AlgorithmOf(algorithm)], KeyExchanges = ["curve25519-sha256"] };
        ShownHostKey? shown = null;
        using TcpClient tcp = new();
        await tcp.ConnectAsync(Sshd.Host, sshd.Port);

        await using SshTransport transport = await SshTransport.ConnectAsync(
            tcp.GetStream(),
            new SshOptions { Algorithms = preferences },
            (seen, _) =>
            {
                shown = seen;
                return ValueTask.FromResult(true);
            },
            SessionPair.Soon());
        ClientAuthResult result = await ClientAuthentication.RunAsync(transport, Environment.UserName, new KeyCredential(key, Read(userCertificate)), SessionPair.Soon());

        Assert.IsType<ClientAuthResult.Success>(result);
        Assert.Equal(host.Fingerprint, shown!.Key.Fingerprint);
        Assert.Null(CertificateCheck.WhyRefused(
            shown.Certificate!, new(CertificateKind.Host, "127.0.0.1", ca => ca.Fingerprint == _ca.Fingerprint, AlgorithmPreferences.Compatible.UserKeySignatures, DateTimeOffset.UtcNow)));
        using CancellationTokenSource stop = new();
        Task<ReadOnlyMemory<byte>> receiving = ReceiveOnAsync(transport, stop.Token);
        transport.BeginRekey();
        await Poll.UntilAsync("new keys under the same host key", () => transport.KeyExchanges == 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Theory]
    [InlineData("sk-ssh-ed25519@openssh.com", 1, false, true)]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", 1, false, true)]
    [InlineData("sk-ssh-ed25519@openssh.com", 0, false, false)]
    [InlineData("sk-ssh-ed25519@openssh.com", 4, false, false)]
    [InlineData("sk-ssh-ed25519@openssh.com", 1, true, false)]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", 5, true, true)]
    public async Task B20_Certified_security_key_must_be_touched_and_verify_its_user_where_that_is_asked(string type, byte flags, bool verifyRequired, bool good)
    {
        using SecurityKey key = SecurityKey.Make(type);
        string file = _folder.Write("sk.pub", key.PublicKey + "\n");
        (await Run.ProgramAsync("ssh-keygen", ["-q", "-s", _ca.Path, "-I", "sk", "-n", "alice", .. verifyRequired ? (string[])["-O", "verify-required"] : [], file], null)).Succeeded();
        SshCertificate certificate = Read(_folder.PathOf("sk-cert.pub"));
        await using SessionPair pair = await SessionPair.HandshakeAsync();
        Task<AuthenticatedUser> signIn = ServerAuthentication.RunAsync(pair.Server, new Judge(_ca.Fingerprint), new() { Certificates = true }, SessionPair.Soon());
        await pair.Client.SendAsync((byte[])[MessageId.ServiceRequest, 0, 0, 0, 12, .. "ssh-userauth"u8], SessionPair.Soon());
        await pair.Client.ReceiveAsync(SessionPair.Soon());
        string algorithm = certificate.KeyType;
        byte[] blob = certificate.Blob.ToArray();
        byte[] signature = key.Sign(PublicKeyProof.SignedData(pair.Client.SessionId, "alice", algorithm, blob), flags);

        await pair.Client.SendAsync(
            Payload.Of((ref w) =>
            {
                PublicKeyProof.WriteRequest(ref w, "alice", algorithm, blob);
                w.String(signature);
            }),
            SessionPair.Soon());

        Assert.Equal(good ? MessageId.UserAuthSuccess : MessageId.UserAuthFailure, (await pair.Client.ReceiveAsync(SessionPair.Soon())).Span[0]);
        if (good)
        {
            AuthenticatedUser user = await signIn;
            Assert.Equal((key.PublicKey, "sk"), (user.Key, user.Certificate!.KeyId));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReceiveOnAsync(SshTransport transport, CancellationToken ct)
    {
        while (true)
        {
            await transport.ReceiveAsync(ct);
        }
    }

    private static SshCertificate Read(string file) => SshCertificate.Parse(Convert.FromBase64String(File.ReadAllText(file).Split(' ')[1]));

    private static IEnumerable<string> Arguments(TestServer server, SshKeyFile key, string? known) =>
    [
        "-F", "none", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", key.Path,
        "-o", "KexAlgorithms=curve25519-sha256", "-o", "GlobalKnownHostsFile=none",
        .. known is null
            ? (string[])["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
            : ["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + known, "-o", "HostKeyAlias=gw.example.org"],
    ];

    /// <summary>Trusts one CA and no plain key.</summary>
    private sealed class Judge(string ca) : IServerAuthenticator
    {
        public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<string>>(["publickey"]);

        public ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct) => ValueTask.FromResult(false);

        public ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct) => ValueTask.FromResult(AuthVerdict.Failure);

        public ValueTask<bool> OfferCertificateAsync(string user, SshCertificate certificate, CancellationToken ct) => ValueTask.FromResult(Stands(user, certificate));

        public ValueTask<AuthVerdict> CertificateProvenAsync(string user, SshCertificate certificate, CancellationToken ct) =>
            ValueTask.FromResult(Stands(user, certificate) ? AuthVerdict.Success : AuthVerdict.Failure);

        public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct) => ValueTask.FromResult(AuthVerdict.Failure);

        public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) =>
            ValueTask.FromResult<InteractiveStep>(new InteractiveStep.Verdict(AuthVerdict.Failure));

        private bool Stands(string user, SshCertificate certificate) => CertificateCheck.WhyRefused(
            certificate,
            new(CertificateKind.User, user, key => key.Fingerprint == ca, AlgorithmPreferences.Compatible.UserKeySignatures, DateTimeOffset.UtcNow)) is null;
    }
}
