using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Fuzz;

/// <summary>Keys, certificates, signatures, key files and the values of key exchanges, a little off.</summary>
public sealed class KeyFuzzTests
{
    private static readonly byte[] s_data = "signed"u8.ToArray();

    public static TheoryData<string> KeyExchanges => [.. KeyExchange.Names.Where(name => !name.Contains('@', StringComparison.Ordinal))]; // Those are the same by another name.

    [Fact]
    public async Task Altered_public_keys_and_signatures_are_read_or_refused()
    {
        using TempFolder folder = new();
        byte[][] blobs = [.. await Task.WhenAll(MadeAsync(folder, "ed25519", "256"), MadeAsync(folder, "ecdsa", "256"), MadeAsync(folder, "ecdsa", "384"), MadeAsync(folder, "ecdsa", "521"), MadeAsync(folder, "rsa", "2048"))];
        byte[] sk = Payload.Of((ref w) =>
        {
            w.String("sk-ssh-ed25519@openssh.com");
            w.String(blobs[0].AsSpan(^32..));
            w.String("ssh:");
        });
        byte[] skEcdsa = Payload.Of((ref w) =>
        {
            w.String("sk-ecdsa-sha2-nistp256@openssh.com");
            w.String("nistp256");
            w.String(blobs[1].AsSpan(^65..));
            w.String("ssh:");
        });

        FuzzRun.Holds(
            [.. blobs, sk, skEcdsa],
            bytes =>
            {
                SshPublicKey key = SshPublicKey.Parse(bytes);
                Assert.False(key.Verify(key.SignatureAlgorithms[0], bytes, s_data));
            },
            inputs: 2000);
    }

    [Fact]
    public void Altered_signatures_never_verify_and_never_throw()
    {
        using ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        using SshPrivateKey ed25519 = SshPrivateKey.GenerateEd25519();
        using SshPrivateKey ecdsa = SshPrivateKey.Parse(Encoding.ASCII.GetBytes(platform.ExportPkcs8PrivateKeyPem()));
        using SshPrivateKey big = SshPrivateKey.Parse(Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));
        foreach (SshPrivateKey key in (SshPrivateKey[])[ed25519, ecdsa, big])
        {
            byte[] good = key.Sign(key.SignatureAlgorithms[0], s_data);
            FuzzRun.Holds(
                [good],
                bytes => Assert.True(!key.PublicKey.Verify(key.SignatureAlgorithms[0], bytes, s_data) || bytes.AsSpan().SequenceEqual(good), "it verifies"),
                inputs: 1000);
        }
    }

    [Fact]
    public async Task Altered_certificates_are_read_or_refused()
    {
        using TempFolder folder = new();
        SshKeyFile ca = await SshKeyFile.MakeAsync(folder, "ca");
        SshKeyFile user = await SshKeyFile.MakeAsync(folder, "user");
        SshKeyFile rsa = await SshKeyFile.MakeAsync(folder, "rsa", "rsa", "", "-b", "2048");
        string[] files =
        [
            await user.CertifyAsync(ca, "-I", "id", "-n", "alice,bob", "-V", "-1h:+1h", "-O", "source-address=10.0.0.0/8", "-O", "force-command=true"),
            await rsa.CertifyAsync(ca, "-h", "-I", "host", "-n", "web-1"),
        ];

        FuzzRun.Holds([.. files.Select(file => Convert.FromBase64String(File.ReadAllText(file).Split(' ')[1]))], bytes => SshCertificate.Parse(bytes), inputs: 2000);
    }

    [Fact]
    public async Task Altered_private_key_files_give_a_key_or_a_reason()
    {
        using TempFolder folder = new();
        string[][] kinds =
        [
            ["clear", "ed25519", "", "-a", "1"],
            ["locked", "ed25519", "long pass", "-a", "1"],
            ["ecdsa", "ecdsa", "", "-m", "PEM"],
            ["pkcs8", "ecdsa", "", "-m", "PKCS8"],
            ["pem", "ecdsa", "long pass", "-m", "PEM"],
            ["rsa", "rsa", "", "-b", "2048", "-m", "PEM"],
        ];
        List<byte[]> seeds = [];
        foreach (string[] kind in kinds)
        {
            seeds.Add((await SshKeyFile.MakeAsync(folder, kind[0], kind[1], kind[2], kind[3..])).PrivateBytes);
        }

        FuzzRun.Holds(
            seeds,
            bytes =>
            {
                using SshPrivateKey key = SshPrivateKey.Parse(bytes, "long pass"u8);
                Assert.Contains("***", key.ToString(), StringComparison.Ordinal);
            },
            inputs: 400,
            allowance: 1 << 20);
    }

    [Fact]
    public async Task What_is_inside_a_private_key_file_may_be_off_too()
    {
        using TempFolder folder = new();
        foreach ((string label, string type, string format) in ((string, string, string)[])
            [("OPENSSH PRIVATE KEY", "ed25519", "RFC4716"), ("OPENSSH PRIVATE KEY", "ecdsa", "RFC4716"), ("PRIVATE KEY", "ecdsa", "PKCS8"), ("EC PRIVATE KEY", "ecdsa", "PEM"), ("RSA PRIVATE KEY", "rsa", "PEM")])
        {
            string[] size = type == "rsa" ? ["-b", "2048"] : [];
            SshKeyFile made = await SshKeyFile.MakeAsync(folder, $"{type}-{format}", type, "", [.. size, .. format == "RFC4716" ? Array.Empty<string>() : ["-m", format]]);
            byte[] content = Convert.FromBase64String(string.Concat(Encoding.ASCII.GetString(made.PrivateBytes).Split('\n').Where(line => !line.StartsWith('-'))));

            FuzzRun.Holds(
                [content],
                bytes =>
                {
                    using SshPrivateKey key = SshPrivateKey.Parse(Encoding.ASCII.GetBytes($"-----BEGIN {label}-----\n{Convert.ToBase64String(bytes)}\n-----END {label}-----\n"));
                },
                inputs: 400,
                allowance: 1 << 20);
        }
    }

    [Theory]
    [MemberData(nameof(KeyExchanges))]
    public void Altered_values_of_a_key_exchange_are_taken_or_refused(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        byte[] init = client.ClientInit();
        using KeyExchange server = KeyExchange.Create(name);
        byte[] reply = server.ServerReply(init, out SharedSecret secret);
        secret.Dispose();

        // The post-quantum ones and the big primes compute long and in memory of their own, however the value is.
        int inputs = name.StartsWith("diffie", StringComparison.Ordinal) || name.StartsWith("sntrup", StringComparison.Ordinal) ? 8 : 40;
        FuzzRun.Holds(
            [init],
            bytes =>
            {
                using KeyExchange exchange = KeyExchange.Create(name);
                exchange.ServerReply(bytes, out SharedSecret made);
                made.Dispose();
            },
            inputs: inputs,
            allowance: 4 << 20);
        FuzzRun.Holds(
            [reply],
            bytes =>
            {
                using KeyExchange exchange = KeyExchange.Create(name);
                exchange.ClientInit();
                exchange.ClientFinish(bytes).Dispose();
            },
            inputs: inputs,
            allowance: 4 << 20);
    }

    [Fact]
    public void An_altered_answer_of_a_server_is_refused_unless_nothing_that_counts_is_altered()
    {
        AlgorithmPreferences preferences = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"], HostKeys = ["ssh-ed25519"] };
        KexInit client = KexInit.Offer(preferences, preferences.HostKeys, SshRole.Client, first: true);
        KexInit server = KexInit.Offer(preferences, preferences.HostKeys, SshRole.Server, first: true);
        using SshPrivateKey hostKey = SshPrivateKey.GenerateEd25519();
        using KexRun ours = new(SshRole.Client, client, "SSH-2.0-c", "SSH-2.0-s");
        using KexRun theirs = new(SshRole.Server, server, "SSH-2.0-c", "SSH-2.0-s");
        ours.TakePeerInit(theirs.OurInit, null);
        theirs.TakePeerInit(ours.OurInit, null);
        byte[] answer = theirs.ServerAnswer(ours.ClientMessage(), new KexTerms(SshRole.Server, new SshOptions(), [hostKey]));

        FuzzRun.Holds(
            [answer],
            bytes =>
            {
                ShownHostKey shown = ours.ClientVerify(bytes.Length > 0 ? bytes : [0]);
                Assert.True(bytes.AsSpan(1).SequenceEqual(answer.AsSpan(1)), "an altered answer was taken");
                Assert.Equal(hostKey.PublicKey, shown.Key);
            },
            inputs: 500,
            allowance: 1 << 20);
    }

    private static async Task<byte[]> MadeAsync(TempFolder folder, string type, string bits) =>
        Convert.FromBase64String((await SshKeyFile.MakeAsync(folder, type + bits, type, "", "-b", bits)).PublicLine.Split(' ')[1]);
}
