using System.Net.Sockets;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Crypto;

/// <summary>Every algorithm, as a client of OpenSSH's sshd: a sign-in proves exchange, host key, cipher and MAC in both directions.</summary>
public sealed class OpenSshServerTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_key_exchange_that_sshd_knows_comes_to_the_same_keys()
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicKey.ToString()]));
        HashSet<string> known = [.. (await Run.ProgramAsync("ssh", "-Q", "kex")).Succeeded().Text.Split('\n')];
        string[] names = [.. AlgorithmPreferences.Compatible.KeyExchanges.Where(known.Contains)];

        Assert.Contains("sntrup761x25519-sha512@openssh.com", names);
        Assert.True(names.Length >= 8, string.Join(' ', names));
        foreach (string name in names)
        {
            NegotiatedAlgorithms agreed = await SignInAsync(sshd, key, new AlgorithmPreferences { KeyExchanges = [name] });
            Assert.Equal(name, agreed.KeyExchange);
        }
    }

    [Fact]
    public async Task Every_cipher_and_mac_carries_a_sign_in()
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicKey.ToString()]));
        AlgorithmPreferences quick = new() { KeyExchanges = ["curve25519-sha256"] };

        foreach (string cipher in AlgorithmPreferences.Compatible.Ciphers)
        {
            await SignInAsync(sshd, key, quick with { Ciphers = [cipher] });
        }

        foreach (string mac in AlgorithmPreferences.Compatible.Macs)
        {
            await SignInAsync(sshd, key, quick with { Ciphers = ["aes128-ctr"], Macs = [mac] });
        }
    }

    [Theory]
    [InlineData("ed25519", "256", "ssh-ed25519")]
    [InlineData("ecdsa", "256", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa", "384", "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa", "521", "ecdsa-sha2-nistp521")]
    [InlineData("rsa", "3072", "rsa-sha2-512")]
    [InlineData("rsa", "3072", "rsa-sha2-256")]
    public async Task Every_key_type_proves_the_server_and_signs_in_the_user(string type, string bits, string algorithm)
    {
        using TempFolder folder = new();
        SshKeyFile host = await SshKeyFile.MakeAsync(folder, "host", type, "", "-b", bits);
        SshKeyFile user = await SshKeyFile.MakeAsync(folder, "user", type, "", "-b", bits);
        using SshPrivateKey key = SshPrivateKey.Parse(user.PrivateBytes);
        // The first host key of its type wins over the one that every test server has.
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [user.PublicLine], Config: ["HostKey " + host.Path]));
        AlgorithmPreferences only = new() { KeyExchanges = ["curve25519-sha256"], HostKeys = [algorithm], UserKeySignatures = [algorithm] };

        NegotiatedAlgorithms agreed = await SignInAsync(sshd, key, only, host.Fingerprint);

        Assert.Equal(algorithm, agreed.HostKey);
    }

    private static async Task<NegotiatedAlgorithms> SignInAsync(Sshd sshd, SshPrivateKey key, AlgorithmPreferences algorithms, string? hostKey = null)
    {
        using CancellationTokenSource limit = new(s_limit);
        using TcpClient tcp = new();
        await tcp.ConnectAsync(Sshd.Host, sshd.Port, limit.Token);
        string expected = hostKey ?? sshd.HostKey.Fingerprint;
        await using SshTransport transport = await SshTransport.ConnectAsync(
            tcp.GetStream(),
            new SshOptions { Algorithms = algorithms },
            (seen, _) => ValueTask.FromResult(seen.Key.Fingerprint == expected),
            limit.Token);
        ClientAuthResult result = await ClientAuthentication.RunAsync(transport, Environment.UserName, new KeyCredential(key), limit.Token);
        Assert.IsType<ClientAuthResult.Success>(result);
        return transport.Algorithms;
    }
}
