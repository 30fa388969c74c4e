using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Keys;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private readonly TempFolder _folder = new();
    private readonly SshPrivateKey _user = SshPrivateKey.GenerateEd25519();
    private readonly SshPrivateKey _ca = SshPrivateKey.GenerateEd25519();

    public void Dispose()
    {
        _folder.Dispose();
        _user.Dispose();
        _ca.Dispose();
    }

    [Theory]
    [InlineData("ed25519", "ed25519", "ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("ecdsa", "rsa", "ecdsa-sha2-nistp256-cert-v01@openssh.com")]
    [InlineData("ecdsa384", "ecdsa", "ecdsa-sha2-nistp384-cert-v01@openssh.com")]
    [InlineData("ecdsa521", "ed25519", "ecdsa-sha2-nistp521-cert-v01@openssh.com")]
    [InlineData("rsa", "ecdsa521", "ssh-rsa-cert-v01@openssh.com")]
    public async Task Certificate_of_ssh_keygen_is_read_and_stands(string type, string caType, string certificateType)
    {
        SshKeyFile key = await MakeAsync("key", type);
        SshKeyFile ca = await MakeAsync("ca", caType);

        SshCertificate certificate = Read(await key.CertifyAsync(ca, "-I", "alice at work", "-n", "alice,ops", "-z", "18446744073709551614", "-V", "-1h:+1h"));

        Assert.Equal(certificateType, certificate.KeyType);
        Assert.Equal(key.Fingerprint, certificate.Key.Fingerprint);
        Assert.Equal(ca.Fingerprint, certificate.Authority.Fingerprint);
        Assert.Equal((18446744073709551614UL, "alice at work", CertificateKind.User), (certificate.Serial, certificate.KeyId, certificate.Kind));
        Assert.Equal(["alice", "ops"], certificate.Principals);
        Assert.Contains("permit-pty", certificate.Extensions);
        Assert.Null(Why(certificate, "alice", ca.Fingerprint));
        Assert.Null(Why(certificate, "ops", ca.Fingerprint));
        Assert.Equal("the name is not among its principals", Why(certificate, "bob", ca.Fingerprint));
    }

    [Theory]
    [InlineData("sk-ssh-ed25519@openssh.com")]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com")]
    public async Task Certificate_of_a_security_key_is_read_and_stands(string type)
    {
        SshKeyFile ca = await MakeAsync("ca", "ed25519");
        using SecurityKey key = SecurityKey.Make(type);
        string file = _folder.Write("sk.pub", key.PublicKey + "\n");
        (await Run.ProgramAsync("ssh-keygen", "-q", "-s", ca.Path, "-I", "sk", "-n", "alice", "-O", "verify-required", file)).Succeeded();

        SshCertificate certificate = Read(_folder.PathOf("sk-cert.pub"));

        Assert.Equal(key.PublicKey, certificate.Key);
        Assert.True(certificate.Options.VerifyRequired);
        Assert.Null(Why(certificate, "alice", ca.Fingerprint));
    }

    [Fact]
    public async Task B17_Certificate_of_the_wrong_kind_time_or_authority_is_refused_in_words()
    {
        SshKeyFile key = await MakeAsync("key", "ed25519");
        SshKeyFile ca = await MakeAsync("ca", "ed25519");
        SshKeyFile other = await MakeAsync("other", "ed25519");

        SshCertificate host = Read(await key.CertifyAsync(ca, "-h", "-I", "x", "-n", "alice"));
        SshCertificate expired = Read(await key.CertifyAsync(ca, "-I", "x", "-n", "alice", "-V", "-2h:-1h"));
        SshCertificate early = Read(await key.CertifyAsync(ca, "-I", "x", "-n", "alice", "-V", "+1h:+2h"));
        SshCertificate good = Read(await key.CertifyAsync(ca, "-I", "x", "-n", "alice"));

        Assert.Equal("it is a certificate for a host, not for a user", Why(host, "alice", ca.Fingerprint));
        Assert.Equal("it has expired", Why(expired, "alice", ca.Fingerprint));
        Assert.Equal("it is not valid yet", Why(early, "alice", ca.Fingerprint));
        Assert.Equal($"its CA {ca.Fingerprint} is not trusted", Why(good, "alice", other.Fingerprint));
        Assert.Equal("its CA signed by ssh-ed25519, which is not allowed", Why(good, "alice", ca.Fingerprint, algorithms: ["rsa-sha2-512"]));
        Assert.Equal("it is a certificate for a user, not for a host", CertificateCheck.WhyRefused(good, Terms("alice", ca.Fingerprint) with { Kind = CertificateKind.Host }));
        Assert.Null(CertificateCheck.WhyRefused(host, Terms("alice", ca.Fingerprint) with { Kind = CertificateKind.Host }));
    }

    [Fact]
    public async Task Signature_of_an_RSA_authority_by_SHA1_is_refused()
    {
        SshKeyFile ca = await MakeAsync("ca", "rsa");
        SshKeyFile key = await MakeAsync("key", "ed25519");

        SshCertificate sha1 = Read(await key.CertifyAsync(ca, "-t", "ssh-rsa", "-I", "x", "-n", "alice"));
        SshCertificate sha256 = Read(await key.CertifyAsync(ca, "-t", "rsa-sha2-256", "-I", "x", "-n", "alice"));

        Assert.Equal("its CA signed by ssh-rsa, which is not allowed", Why(sha1, "alice", ca.Fingerprint));
        Assert.Equal("the signature of its CA is wrong", Why(sha1, "alice", ca.Fingerprint, algorithms: ["ssh-rsa"]));
        Assert.Null(Why(sha256, "alice", ca.Fingerprint));
    }

    [Fact]
    public void Validity_begins_with_its_first_second_and_ends_before_its_last()
    {
        ulong now = (ulong)s_now.ToUnixTimeSeconds();

        Assert.Null(Why(Forge(new() { ValidAfter = now, ValidBefore = now + 1 })));
        Assert.Equal("it has expired", Why(Forge(new() { ValidAfter = 0, ValidBefore = now })));
        Assert.Equal("it is not valid yet", Why(Forge(new() { ValidAfter = now + 1 })));
        Assert.Equal("it has expired", Why(Forge(new() { ValidAfter = now, ValidBefore = now - 10 })));
    }

    [Theory]
    [InlineData("alice,root", "alice")]
    [InlineData("alice,root", "root")]
    [InlineData("", "alice")]
    [InlineData("", "")]
    [InlineData("*", "alice")]
    [InlineData("Alice", "alice")]
    [InlineData("al\u0456ce", "alice")]
    [InlineData("alice\0", "alice")]
    [InlineData(" alice", "alice")]
    public void B18_Principal_is_compared_byte_for_byte(string principal, string name) =>
        Assert.Equal("the name is not among its principals", Why(Forge(new() { Principals = [Encoding.UTF8.GetBytes(principal)] }), name));

    [Fact]
    public void B18_Certificate_without_principals_speaks_for_nobody() =>
        Assert.Equal("the name is not among its principals", Why(Forge(new() { Principals = [] })));

    [Fact]
    public void B17_Unknown_critical_option_is_refused_and_an_unknown_extension_is_not()
    {
        Assert.Equal("it has the unknown critical option new@example.org", Why(Forge(new() { Options = [("new@example.org", [])] })));
        Assert.Null(Why(Forge(new() { Extensions = [("new@example.org", [1, 2])] })));
        Assert.Equal(
            "it is for a host and has a critical option of users",
            CertificateCheck.WhyRefused(
                Forge(new() { Kind = 2, Options = [("force-command", CertificateForge.Text("id"))] }), Terms("alice", _ca.PublicKey.Fingerprint) with { Kind = CertificateKind.Host }));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8,192.0.2.7", "192.0.2.7", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::/32", "2001:db8::1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("", "10.1.2.3", false)]
    [InlineData(",", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8,", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8 ,10.1.2.3", "10.1.2.3", false)]
    [InlineData("*", "10.1.2.3", false)]
    [InlineData("10", "0.0.0.10", false)]
    [InlineData("!10.0.0.0/8", "11.0.0.1", false)]
    public void B15_Source_address_is_the_socket_s_and_an_empty_list_covers_nobody(string networks, string peer, bool covers)
    {
        SshCertificate certificate = Forge(new() { Options = [("source-address", CertificateForge.Text(networks))] });

        Assert.Equal(covers ? null : "it may not be used from this address", CertificateCheck.WhyRefused(certificate, Terms("alice", _ca.PublicKey.Fingerprint) with { Peer = IPAddress.Parse(peer) }));
        Assert.Equal("it may not be used from this address", Why(certificate));
    }

    [Fact]
    public void A13_Authority_that_is_itself_certified_is_refused_by_its_declared_type_however_deep()
    {
        byte[] nested = new CertificateForge().Make(_user.PublicKey, _ca);
        for (int i = 0; i < 10; i++)
        {
            nested = new CertificateForge { SignatureKey = nested[..Math.Min(nested.Length, 3000)] }.Make(_user.PublicKey, _ca);
            SshProtocolException refused = Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(nested));
            Assert.Contains("type", refused.Message, StringComparison.Ordinal);
        }

        // Ten thousand levels do not fit a blob that is looked at.
        byte[] deep = "ssh-ed25519-cert-v01@openssh.com"u8.ToArray();
        for (int i = 0; i < 10_000; i++)
        {
            deep = [.. deep, 0, 0, 0, 1];
        }

        Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(deep));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(nested));
    }

    [Fact]
    public void A14_Certificate_of_a_type_that_is_not_allowed_never_reaches_its_parser()
    {
        byte[] name = Payload.Of((ref w) => w.String("ecdsa-sha2-nistp521-cert-v01@openssh.com"));

        SshProtocolException refused = Assert.Throws<SshProtocolException>(
            () => SshCertificate.Parse(name, ["ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp384-cert-v01@openssh.com"]));

        Assert.Contains("not allowed", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rsa-sha2-512-cert-v01@openssh.com")]
    [InlineData("ecdsa-sha2-nistp256-cert-v01@openssh.com")]
    [InlineData("ssh-ed25519-cert-v00@openssh.com")]
    [InlineData("ssh-ed25519")]
    public void A15_Declared_type_must_be_that_of_the_key_inside(string type) =>
        Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(new CertificateForge { Type = type }.Make(_user.PublicKey, _ca)));

    [Theory]
    [InlineData("twice")]
    [InlineData("order")]
    [InlineData("many")]
    [InlineData("empty command")]
    [InlineData("NUL")]
    [InlineData("trailing")]
    [InlineData("kind")]
    [InlineData("principals")]
    public void Certificate_that_is_not_well_formed_is_no_certificate(string how)
    {
        CertificateForge forge = how switch
        {
            "twice" => new() { Options = [("force-command", CertificateForge.Text("id")), ("force-command", CertificateForge.Text("sh"))] },
            "order" => new() { Extensions = [("permit-pty", []), ("permit-X11-forwarding", [])] },
            "many" => new() { Extensions = [.. Enumerable.Range(0, 33).Select(i => ($"x{i:00}", Array.Empty<byte>()))] },
            "empty command" => new() { Options = [("force-command", CertificateForge.Text(""))] },
            "NUL" => new() { Options = [("force-command", CertificateForge.Text("id\0sh"))] },
            "trailing" => new() { Options = [("source-address", [.. CertificateForge.Text("10.0.0.0/8"), 0])] },
            "kind" => new() { Kind = 3 },
            _ => new() { Principals = [.. Enumerable.Repeat("a"u8.ToArray(), 257)] },
        };

        Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(forge.Make(_user.PublicKey, _ca)));
    }

    [Fact]
    public void Each_truncation_and_each_altered_byte_is_refused()
    {
        byte[] blob = new CertificateForge
        {
            Options = [("force-command", CertificateForge.Text("id"))],
            Extensions = [("permit-pty", [])],
            ValidBefore = (ulong)s_now.ToUnixTimeSeconds() + 100,
        }.Make(_user.PublicKey, _ca);
        Assert.Null(Why(SshCertificate.Parse(blob)));

        for (int i = 0; i < blob.Length; i++)
        {
            Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(blob.AsSpan(0, i)));
            byte[] altered = [.. blob];
            altered[i] ^= 0x10;
            Assert.True(IsRefused(altered), $"byte {i}");
        }

        Assert.Throws<SshProtocolException>(() => SshCertificate.Parse([.. blob, 0]));
        Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(new byte[SshCertificate.MaxBlob + 1]));
    }

    [Fact]
    public void Hostile_sizes_are_refused_at_once()
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            byte[] blob = RandomNumberGenerator.GetBytes(SshCertificate.MaxBlob);
            byte[] type = Payload.Of((ref w) => w.String("ssh-rsa-cert-v01@openssh.com"));
            type.CopyTo(blob, 0);
            Assert.Throws<SshProtocolException>(() => SshCertificate.Parse(blob));
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    private bool IsRefused(byte[] blob)
    {
        try
        {
            return Why(SshCertificate.Parse(blob)) is not null;
        }
        catch (SshProtocolException)
        {
            return true;
        }
    }

    private static CertificateTerms Terms(string name, string ca, IReadOnlyList<string>? algorithms = null) => new(
        CertificateKind.User, name, key => key.Fingerprint == ca, algorithms ?? AlgorithmPreferences.Compatible.UserKeySignatures, s_now);

    private static string? Why(SshCertificate certificate, string name, string ca, IReadOnlyList<string>? algorithms = null) =>
        CertificateCheck.WhyRefused(certificate, Terms(name, ca, algorithms));

    private static SshCertificate Read(string file) => SshCertificate.Parse(Convert.FromBase64String(File.ReadAllText(file).Split(' ')[1]));

    private string? Why(SshCertificate certificate, string name = "alice") => Why(certificate, name, _ca.PublicKey.Fingerprint);

    private SshCertificate Forge(CertificateForge forge) => SshCertificate.Parse(forge.Make(_user.PublicKey, _ca));

    private Task<SshKeyFile> MakeAsync(string name, string type) => type switch
    {
        "ecdsa384" => SshKeyFile.MakeAsync(_folder, name, "ecdsa", "", "-b", "384"),
        "ecdsa521" => SshKeyFile.MakeAsync(_folder, name, "ecdsa", "", "-b", "521"),
        "rsa" => SshKeyFile.MakeAsync(_folder, name, "rsa", "", "-b", "2048"),
        _ => SshKeyFile.MakeAsync(_folder, name, type),
    };
}
