using System.Globalization;
using System.Security.Cryptography;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Interop;

/// <summary>OpenSSH's client against the engine as a server.</summary>
public sealed class OpenSshClientTests : IAsyncLifetime
{
    /// <summary>sntrup761, OpenSSH 9's first choice, costs a tenth of a second each time.</summary>
    private const string Quick = "KexAlgorithms=curve25519-sha256";

    private readonly TempFolder _folder = new();
    private SshKeyFile _key = null!;

    public async ValueTask InitializeAsync()
    {
        Tools.Need("ssh");
        _key = await SshKeyFile.MakeAsync(_folder, "id");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Runs_a_command_and_gets_its_output_and_status()
    {
        await using TestServer server = Server();

        Assert.Equal("hello", (await SshAsync(server, "hello"u8.ToArray(), "cat")).Succeeded().Text);
        (await SshAsync(server, [], "exit 7")).Ended(7);
        RunResult both = (await SshAsync(server, [], "err")).Succeeded();
        Assert.Equal("out\n", both.Text);
        Assert.Contains("err", both.Error, StringComparison.Ordinal);
        RunResult killed = await SshAsync(server, [], "kill");
        Assert.Equal(255, killed.ExitCode);
        Assert.Empty(server.Faults);
        Assert.All(server.Transports, transport => Assert.True(transport.Algorithms.StrictKeyExchange));
    }

    public static TheoryData<string> Ciphers => [.. AlgorithmPreferences.Compatible.Ciphers];

    public static TheoryData<string> KeyExchanges => [.. AlgorithmPreferences.Compatible.KeyExchanges.Where(name => !name.StartsWith("mlkem", StringComparison.Ordinal))];

    public static TheoryData<string> Macs => [.. AlgorithmPreferences.Compatible.Macs];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public async Task A3_Rekeys_under_bulk_in_both_directions_with_each_cipher(string cipher)
    {
        const int Size = 6 << 20;
        await using TestServer server = Server();

        RunResult down = (await SshAsync(server, [], "send " + Size.ToString(CultureInfo.InvariantCulture), "-c", cipher, "-o", "RekeyLimit=64K", "-o", Quick)).Succeeded();
        RunResult up = (await SshAsync(server, TestServer.Pattern(Size), "sha", "-c", cipher, "-o", "RekeyLimit=64K", "-o", Quick)).Succeeded();
        RunResult echo = (await SshAsync(server, TestServer.Pattern(Size), "cat", "-c", cipher, "-o", "RekeyLimit=64K", "-o", Quick)).Succeeded();

        Assert.True(down.Output.AsSpan().SequenceEqual(TestServer.Pattern(Size)));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(TestServer.Pattern(Size))), up.Text);
        Assert.True(echo.Output.AsSpan().SequenceEqual(TestServer.Pattern(Size)));
        // On the way down most of the window is under way before the client has seen its limit.
        Assert.All(server.Transports, transport => Assert.True(transport.KeyExchanges > 1, $"{transport.KeyExchanges} key exchanges"));
        Assert.All(server.Transports.Skip(1), transport => Assert.True(transport.KeyExchanges > 4, $"{transport.KeyExchanges} key exchanges"));
        Assert.All(server.Transports, transport => Assert.Equal(cipher, transport.Algorithms.CipherToClient));
        Assert.Empty(server.Faults);
    }

    [Theory]
    [InlineData("aes256-gcm@openssh.com")]
    [InlineData("chacha20-poly1305@openssh.com")]
    [InlineData("aes128-ctr")]
    public async Task A3_The_server_rekeys_under_bulk(string cipher)
    {
        const int Size = 8 << 20;
        await using TestServer server = Server(new SshOptions { RekeyBytes = 64 * 1024 });

        RunResult echo = (await SshAsync(server, TestServer.Pattern(Size), "cat", "-c", cipher, "-o", Quick)).Succeeded();

        Assert.True(echo.Output.AsSpan().SequenceEqual(TestServer.Pattern(Size)));
        Assert.All(server.Transports, transport => Assert.True(transport.KeyExchanges > 4, $"{transport.KeyExchanges} key exchanges"));
        Assert.Empty(server.Faults);
    }

    [Theory]
    [MemberData(nameof(KeyExchanges))]
    public async Task Agrees_by_each_key_exchange(string method)
    {
        await using TestServer server = Server();

        Assert.Equal("x", (await SshAsync(server, "x"u8.ToArray(), "cat", "-o", "KexAlgorithms=" + method)).Succeeded().Text);
        Assert.Equal(method, Assert.Single(server.Transports).Algorithms.KeyExchange);
    }

    [Theory]
    [MemberData(nameof(Macs))]
    public async Task Agrees_by_each_mac(string mac)
    {
        await using TestServer server = Server();

        Assert.Equal("x", (await SshAsync(server, "x"u8.ToArray(), "cat", "-c", "aes256-ctr", "-m", mac)).Succeeded().Text);
        Assert.Equal(mac, Assert.Single(server.Transports).Algorithms.MacToServer);
    }

    [Theory]
    [InlineData("ed25519", "ssh-ed25519")]
    [InlineData("ecdsa", "ecdsa-sha2-nistp256")]
    [InlineData("rsa", "rsa-sha2-512")]
    [InlineData("rsa", "rsa-sha2-256")]
    public async Task Accepts_each_host_key_and_signs_in_with_each_user_key(string type, string algorithm)
    {
        SshKeyFile hostKey = await SshKeyFile.MakeAsync(_folder, "host-" + algorithm, type);
        SshKeyFile userKey = await SshKeyFile.MakeAsync(_folder, "user-" + algorithm, type);
        using SshPrivateKey key = SshPrivateKey.Parse(hostKey.PrivateBytes);
        await using TestServer server = new(() => new TestAuthenticator { Keys = { PublicKeyOf(userKey) } }, hostKeys: [key]);

        RunResult result = await Run.ProgramAsync(
            "ssh",
            [.. Arguments(server, userKey), "-o", "HostKeyAlgorithms=" + algorithm, "-o", "PubkeyAcceptedAlgorithms=" + algorithm, "alice@127.0.0.1", "cat"],
            "x"u8.ToArray());

        Assert.Equal("x", result.Succeeded().Text);
        Assert.Equal(algorithm, Assert.Single(server.Transports).Algorithms.HostKey);
    }

    [Fact]
    public async Task Signs_in_by_password_and_by_keyboard_interactive()
    {
        Tools.Need("sshpass");
        await using TestServer byPassword = new(() => new TestAuthenticator { Password = "s3cret", Methods = ["password"] });
        await using TestServer interactive = new(() => new TestAuthenticator
        {
            Methods = ["keyboard-interactive"],
            Interactive = answers => answers is null
                ? new InteractiveStep.Ask("", "", [new("Password: ", Echo: false)])
                : new InteractiveStep.Verdict(answers is ["s3cret"] ? AuthVerdict.Success : AuthVerdict.Failure),
        });

        foreach (TestServer server in (TestServer[])[byPassword, interactive])
        {
            RunResult right = await Run.ProgramAsync(
                "sshpass", ["-p", "s3cret", "ssh", .. Arguments(server, null), "alice@127.0.0.1", "cat"], "x"u8.ToArray());
            Assert.Equal("x", right.Succeeded().Text);
            RunResult wrong = await Run.ProgramAsync(
                "sshpass", ["-p", "wrong", "ssh", .. Arguments(server, null), "-o", "NumberOfPasswordPrompts=1", "alice@127.0.0.1", "cat"], []);
            Assert.NotEqual(0, wrong.ExitCode);
        }
    }

    [Fact]
    public async Task An_unknown_key_is_refused()
    {
        await using TestServer server = Server();
        SshKeyFile other = await SshKeyFile.MakeAsync(_folder, "other");

        RunResult result = await Run.ProgramAsync("ssh", [.. Arguments(server, other), "alice@127.0.0.1", "cat"], []);

        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
    }

    private static SshPublicKey PublicKeyOf(SshKeyFile key) => SshPublicKey.Parse(Convert.FromBase64String(key.PublicLine.Split(' ')[1]));

    private TestServer Server(SshOptions? options = null) => new(() => new TestAuthenticator { Keys = { PublicKeyOf(_key) } }, options);

    private Task<RunResult> SshAsync(TestServer server, byte[] input, string command, params string[] options) =>
        Run.ProgramAsync("ssh", [.. Arguments(server, _key), .. options, "alice@127.0.0.1", command], input);

    private static IEnumerable<string> Arguments(TestServer server, SshKeyFile? key) =>
    [
        "-F", "none", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", .. key is null ? (string[])["-o", "PubkeyAuthentication=no"] : ["-o", "BatchMode=yes", "-i", key.Path],
    ];
}
