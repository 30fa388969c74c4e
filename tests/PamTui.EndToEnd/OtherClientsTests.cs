using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Dropbear, PuTTY and paramiko through the gateway.</summary>
public sealed class OtherClientsTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private const string Login = "alice@deploy@web-1";

    [Fact]
    public async Task Dropbear_runs_commands_a_shell_and_sftp()
    {
        World world = await fixture.WorldAsync();
        string key = world.Files.PathOf("alice.dropbear");
        (await Run.ProgramAsync("dropbearconvert", "openssh", "dropbear", world.Alice.Path, key)).Succeeded();
        string[] options = ["-y", "-y", "-i", key, "-p", Port(world), "-l", Login, "127.0.0.1"];

        RunResult exec = (await Run.ProgramAsync("dbclient", [.. options, "echo out; echo err >&2; exit 7"], null)).Ended(7);
        RunResult filter = await Run.ProgramAsync("dbclient", [.. options, "sort"], "b\na\n"u8.ToArray());
        await using Tmux tmux = await Tmux.StartAsync(90, 30, ["dbclient", .. options]);

        Assert.Equal("out\n", exec.Text);
        Assert.Contains("err\n", exec.Error, StringComparison.Ordinal);
        Assert.Equal("a\nb\n", filter.Succeeded().Text);
        await ShellAsync(tmux);

        // It carries a subsystem and leaves its protocol to others: here to OpenSSH's sftp.
        using TempFolder remote = new();
        string subsystem = string.Join(' ', ["dbclient", .. options[..^1], "-s", options[^1], "sftp"]);
        (await Run.ProgramAsync(
            "sftp",
            ["-D", subsystem, "-b", "-"],
            Encoding.UTF8.GetBytes($"put {world.Alice.Path}.pub {remote.Path}/key\nls {remote.Path}\nget {remote.Path}/key {world.Files.Path}/dropbear-back\n"))).Succeeded();
        Assert.Equal(await File.ReadAllTextAsync(world.Alice.Path + ".pub"), await File.ReadAllTextAsync(world.Files.PathOf("dropbear-back")));
    }

    [Fact]
    public async Task PuTTY_runs_commands_a_shell_and_sftp()
    {
        World world = await fixture.WorldAsync();
        string key = world.Files.PathOf("alice.ppk");
        (await Run.ProgramAsync("puttygen", world.Alice.Path, "-O", "private", "-o", key)).Succeeded();
        string home = world.Files.PathOf("putty");
        Directory.CreateDirectory(home);
        Dictionary<string, string?> environment = new() { ["HOME"] = home };
        string fingerprint = await GatewayFingerprintAsync(world);
        string[] options = ["-batch", "-hostkey", fingerprint, "-i", key, "-P", Port(world), "-l", Login];

        RunResult exec = (await Run.ProgramAsync("plink", [.. options, "127.0.0.1", "echo out; echo err >&2; exit 7"], null, environment)).Ended(7);
        Assert.Equal("out\n", exec.Text);
        Assert.Contains("err", exec.Error, StringComparison.Ordinal);

        using TempFolder remote = new();
        world.Files.Write("batch", $"put {world.Alice.Path}.pub {remote.Path}/key\nls {remote.Path}\nget {remote.Path}/key {world.Files.Path}/psftp-back\nquit\n");
        RunResult sftp = await Run.ProgramAsync("psftp", [.. options, "-b", world.Files.PathOf("batch"), "127.0.0.1"], null, environment);
        sftp.Succeeded();
        Assert.Equal(await File.ReadAllTextAsync(world.Alice.Path + ".pub"), await File.ReadAllTextAsync(world.Files.PathOf("psftp-back")));

        foreach (string protocol in (string[])["-sftp", "-scp"])
        {
            // As its login holds '@', pscp takes it from -l only.
            (await Run.ProgramAsync("pscp", [protocol, .. options, "-q", world.Alice.Path + ".pub", $"127.0.0.1:{remote.Path}/pscp{protocol}"], null, environment)).Succeeded();
            (await Run.ProgramAsync("pscp", [protocol, .. options, "-q", $"127.0.0.1:{remote.Path}/pscp{protocol}", world.Files.PathOf("pscp" + protocol)], null, environment)).Succeeded();
            Assert.Equal(await File.ReadAllTextAsync(world.Alice.Path + ".pub"), await File.ReadAllTextAsync(world.Files.PathOf("pscp" + protocol)));
        }

        await using Tmux tmux = await Tmux.StartAsync(90, 30, ["plink", .. options, "-t", "127.0.0.1"], new Dictionary<string, string> { ["HOME"] = home });
        await ShellAsync(tmux);
    }

    [Fact]
    public async Task Paramiko_runs_commands_a_shell_and_sftp()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tools.Need("python3");
        if ((await Run.ProgramAsync(python, "-c", "import paramiko")).ExitCode != 0)
        {
            throw Missing.SkipOrFail("paramiko", "python3-paramiko");
        }

        string script = world.Files.Write("client.py", """
            import sys, paramiko
            port, login, key, known, folder = int(sys.argv[1]), *sys.argv[2:6]
            client = paramiko.SSHClient()
            client.load_host_keys(known)
            client.connect("127.0.0.1", port, login, pkey=paramiko.Ed25519Key.from_private_key_file(key), allow_agent=False, look_for_keys=False)
            stdin, out, err = client.exec_command("cat; echo err >&2; exit 7")
            stdin.write("in\n"); stdin.channel.shutdown_write()
            print(out.read(), err.read(), out.channel.recv_exit_status())
            sftp = client.open_sftp()
            with sftp.open(folder + "/file", "wb") as f: f.write(b"x" * 3000000)
            print(sftp.stat(folder + "/file").st_size, sftp.listdir(folder), sftp.open(folder + "/file").read() == b"x" * 3000000)
            shell = client.invoke_shell(term="xterm", width=70, height=20)
            shell.send("PS1=; stty -echo; echo size-$(stty size | tr ' ' x); exit 3\n")
            seen = b""
            while True:
                data = shell.recv(65536)
                if not data: break
                seen += data
            print(b"size-20x70" in seen, shell.recv_exit_status())
            client.close()
            """);

        RunResult result = await Run.ProgramAsync(python, script, Port(world), Login, world.Alice.Path, world.KnownHosts, remote.Path);

        Assert.Equal("b'in\\n' b'err\\n' 7\n3000000 ['file'] True\nTrue 3\n", result.Succeeded().Text);
    }

    private static string Port(World world) => world.Gateway.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> GatewayFingerprintAsync(World world)
    {
        // PuTTY 0.78 prefers ed25519 when nothing is cached.
        RunResult shown = await Run.ProgramAsync("ssh-keygen", "-l", "-f", Path.Combine(world.Vault.Data, "host-keys", "ssh_host_ed25519_key.pub"));
        return shown.Succeeded().Text.Split(' ')[1];
    }

    private static async Task ShellAsync(Tmux tmux)
    {
        await tmux.TypeAsync("PS1=; echo first-$(stty size | tr ' ' x)\n");
        await tmux.SeesAsync("first-30x90");
        await tmux.ResizeAsync(101, 37);
        await tmux.TypeAsync("echo second-$(stty size | tr ' ' x)\n");
        await tmux.SeesAsync("second-37x101");
        await tmux.TypeAsync("exit 3\n");
        Assert.Equal(3, await tmux.EndsAsync());
    }
}
