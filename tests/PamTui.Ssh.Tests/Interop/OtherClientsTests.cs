using System.Globalization;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Interop;

/// <summary>Clients of other families against the engine as a server: each negotiates, guesses and rekeys in its own way.</summary>
public sealed class OtherClientsTests
{
    [Fact]
    public async Task Dropbear_with_its_guessed_first_packet_signs_in_and_gets_its_bytes()
    {
        Tools.Need("dbclient");
        using TempFolder folder = new();
        string key = folder.PathOf("id");
        (await Run.ProgramAsync("dropbearkey", "-t", "ed25519", "-f", key)).Succeeded();
        RunResult shown = (await Run.ProgramAsync("dropbearkey", "-y", "-f", key)).Succeeded();
        string line = shown.Text.Split('\n').First(text => text.StartsWith("ssh-ed25519 ", StringComparison.Ordinal));
        await using TestServer server = Server(SshPublicKey.Parse(Convert.FromBase64String(line.Split(' ')[1])));

        RunResult result = await Run.ProgramAsync(
            "dbclient", ["-y", "-y", "-i", key, "-p", server.Port.ToString(CultureInfo.InvariantCulture), "alice@127.0.0.1", "send 300000"], []);

        Assert.True(result.Succeeded().Output.AsSpan().SequenceEqual(TestServer.Pattern(300_000)));
        Assert.Empty(server.Faults);
    }

    [Fact]
    public async Task Plink_signs_in_and_gets_its_bytes()
    {
        Tools.Need("plink");
        await using TestServer server = new(() => new TestAuthenticator { Password = "s3cret", Methods = ["password"] });

        RunResult result = await Run.ProgramAsync(
            "plink",
            [
                "-batch", "-ssh", "-P", server.Port.ToString(CultureInfo.InvariantCulture), "-pw", "s3cret",
                "-hostkey", SessionPair.HostKey.PublicKey.Fingerprint, "alice@127.0.0.1", "send 300000",
            ],
            []);

        Assert.True(result.Succeeded().Output.AsSpan().SequenceEqual(TestServer.Pattern(300_000)));
        Assert.Empty(server.Faults);
    }

    [Fact]
    public async Task Paramiko_signs_in_and_gets_its_bytes()
    {
        const string Script = """
            import sys, paramiko
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            client.connect('127.0.0.1', port=int(sys.argv[1]), username='alice', password='s3cret', look_for_keys=False, allow_agent=False)
            # Not while data comes: paramiko's reader then waits for itself.
            client.get_transport().renegotiate_keys()
            stdin, stdout, stderr = client.exec_command('send 300000')
            sys.stdout.buffer.write(stdout.read())
            sys.exit(stdout.channel.recv_exit_status())
            """;
        string python = Tools.Need("/usr/bin/python3");
        if ((await Run.ProgramAsync(python, ["-c", "import paramiko"], [])).ExitCode != 0)
        {
            throw Missing.SkipOrFail("paramiko", "python3-paramiko");
        }

        await using TestServer server = new(() => new TestAuthenticator { Password = "s3cret", Methods = ["password"] });

        RunResult result = await Run.ProgramAsync(python, ["-W", "ignore", "-c", Script, server.Port.ToString(CultureInfo.InvariantCulture)], []);

        Assert.True(result.Succeeded().Output.AsSpan().SequenceEqual(TestServer.Pattern(300_000)));
        Assert.Equal(2, Assert.Single(server.Transports).KeyExchanges);
        Assert.Empty(server.Faults);
    }

    private static TestServer Server(SshPublicKey key) => new(() => new TestAuthenticator { Keys = { key } });
}
