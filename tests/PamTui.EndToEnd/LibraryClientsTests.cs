using System.Globalization;
using System.Text;
using PamTui.Servers;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace PamTui.EndToEnd;

/// <summary>Programs built on the SSH libraries that are in use, through the gateway: a command, a terminal, sftp, exit status.</summary>
public sealed class LibraryClientsTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private const string Login = "alice@deploy@web-1";

    private static string Peers => Path.Combine(AppContext.BaseDirectory, "Peers");

    [Theory]
    [InlineData(Login, null)]
    [InlineData("alice", "web-root")]
    [InlineData("alice", "deploy+web-1.pam")]
    public async Task Asyncssh_runs_commands_a_terminal_sftp_and_many_channels(string login, string? host)
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string python = await PythonAsync("asyncssh", "python3-asyncssh");

        RunResult result = await Run.ProgramAsync(
            python, [Path.Combine(Peers, "python", "asyncssh_client.py"), Port(world), login, world.Alice.Path, world.KnownHosts, remote.Path, .. Optional(host)], null);

        Assert.Equal("'in\\n' 'err\\n' 7\nTERM\nTrue 3\n3000000 True\n01234567\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Paramiko_jumps_by_way_of_a_channel_of_its_own()
    {
        World world = await fixture.WorldAsync();
        string python = await PythonAsync("paramiko", "python3-paramiko");
        string script = world.Files.Write("jump.py", """
            import sys, paramiko
            port, key, known = int(sys.argv[1]), *sys.argv[2:4]
            pkey = paramiko.Ed25519Key.from_private_key_file(key)
            def client(*arguments, **more):
                made = paramiko.SSHClient()
                made.load_host_keys(known)
                made.set_missing_host_key_policy(paramiko.AutoAddPolicy())
                made.connect(*arguments, pkey=pkey, allow_agent=False, look_for_keys=False, **more)
                return made
            outer = client("127.0.0.1", port, "alice")
            inner = client("web-root", 22, "deploy", sock=outer.get_transport().open_channel("direct-tcpip", ("web-root", 22), ("", 0)))
            _, out, _ = inner.exec_command("echo through; exit 5")
            print(out.read(), out.channel.recv_exit_status())
            """);

        RunResult result = await Run.ProgramAsync(python, script, Port(world), world.Alice.Path, world.KnownHosts);

        Assert.Equal("b'through\\n' 5\n", result.Succeeded().Text);
    }

    [Theory]
    [InlineData(Login, null)]
    [InlineData("alice", "web-root")]
    public async Task Npm_ssh2_runs_commands_a_terminal_and_sftp(string login, string? host)
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string folder = await Ssh2Async(world);
        RunResult shown = await Run.ProgramAsync("ssh-keygen", "-l", "-f", Path.Combine(world.Vault.Data, "host-keys", "ssh_host_ed25519_key.pub"));
        remote.Write("host_key", shown.Succeeded().Text.Split(' ')[1]);

        RunResult result = await Run.ProgramAsync(
            "node", [Path.Combine(folder, "client.js"), Port(world), login, world.Alice.Path, remote.Path, .. Optional(host)], null);

        Assert.Equal("[\"in\\n\",\"err\\n\",7,null]\nSIGTERM\ntrue 3\n3000000 true\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Libssh_runs_commands_a_terminal_and_sftp()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string client = await Compiled.LibsshAsync(world.Files, Path.Combine(Peers, "libssh", "client.c"));

        RunResult result = await Run.ProgramAsync(client, Port(world), Login, world.Alice.Path, world.KnownHosts, remote.Path);

        Assert.Equal("in\nerr\n7\nsize 3\n3000000 same\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Libssh2_carries_files_as_curl_uses_it()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string curl = Tools.Need("curl");
        if (!(await Run.ProgramAsync(curl, "--version")).Text.Contains("sftp", StringComparison.Ordinal))
        {
            throw Missing.SkipOrFail("a curl with sftp", "curl");
        }

        string source = world.Files.Write("curl-source", new string('x', 3_000_000));
        string home = world.Files.PathOf("curl-home");
        Directory.CreateDirectory(Path.Combine(home, ".ssh"));
        File.Copy(world.KnownHosts, Path.Combine(home, ".ssh", "known_hosts"), overwrite: true);
        Dictionary<string, string?> environment = new() { ["HOME"] = home };
        string[] options = ["-sS", "-u", Login + ":", "--key", world.Alice.Path, "--pubkey", world.Alice.Path + ".pub"];
        string file = $"//127.0.0.1:{Port(world)}{remote.Path}/file";

        (await Run.ProgramAsync(curl, [.. options, "-T", source, "sftp:" + file], null, environment)).Succeeded();
        RunResult back = await Run.ProgramAsync(curl, [.. options, "sftp:" + file], null, environment);
        RunResult scp = await Run.ProgramAsync(curl, [.. options, "scp:" + file], null, environment);
        RunResult list = await Run.ProgramAsync(curl, [.. options, "-l", $"sftp://127.0.0.1:{Port(world)}{remote.Path}/"], null, environment);

        Assert.Equal(3_000_000, back.Succeeded().Text.Count(c => c == 'x'));
        Assert.Equal(3_000_000, scp.Succeeded().Text.Count(c => c == 'x'));
        Assert.Contains("file", list.Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SSH_NET_runs_commands_a_terminal_and_sftp()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string[] hostKeys = [.. File.ReadLines(world.KnownHosts).Select(line => line.Split(' ')[2])];
        using PrivateKeyFile key = new(world.Alice.Path);
        ConnectionInfo to = new("127.0.0.1", world.Gateway.Port, Login, new PrivateKeyAuthenticationMethod(Login, key));
        using SshClient client = Checked(new SshClient(to));
        await client.ConnectAsync(TestContext.Current.CancellationToken);

        using SshCommand command = client.CreateCommand("cat; echo err >&2; exit 7");
        Task running = command.ExecuteAsync(TestContext.Current.CancellationToken);
        await using (Stream input = command.CreateInputStream())
        {
            await input.WriteAsync("in\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await running;
        using SshCommand killed = client.CreateCommand("kill -TERM $$");
        await killed.ExecuteAsync(TestContext.Current.CancellationToken);
        using ShellStream shell = client.CreateShellStream("xterm", 70, 20, 0, 0, 4096);
        shell.WriteLine("PS1=; stty -echo; echo size-$(stty size | tr ' ' x)");
        string? seen = shell.Expect("size-20x70", TimeSpan.FromSeconds(20));
        using SftpClient sftp = Checked(new SftpClient(to));
        await sftp.ConnectAsync(TestContext.Current.CancellationToken);
        byte[] content = new byte[3_000_000];
        Array.Fill(content, (byte)'x');
        sftp.WriteAllBytes(remote.PathOf("file"), content);

        Assert.Equal(("in\n", "err\n", 7), (command.Result, command.Error, command.ExitStatus));
        Assert.Equal("TERM", killed.ExitSignal);
        Assert.NotNull(seen);
        Assert.Equal(content, sftp.ReadAllBytes(remote.PathOf("file")));

        T Checked<T>(T made)
            where T : BaseClient
        {
            made.HostKeyReceived += (_, shown) => shown.CanTrust = hostKeys.Contains(Convert.ToBase64String(shown.HostKey));
            return made;
        }
    }

    [Fact]
    public async Task Tools_with_a_proxy_command_of_their_own_jump_as_well()
    {
        World world = await fixture.WorldAsync();
        string proxy = $"ssh -F {world.Config} -W %s gw";
        string home = world.Files.PathOf("jumping-home");
        Directory.CreateDirectory(home);
        Dictionary<string, string?> environment = new() { ["HOME"] = home };
        RunResult shown = await Run.ProgramAsync("ssh-keygen", "-l", "-f", Path.Combine(world.Vault.Data, "host-keys", "ssh_host_ed25519_key.pub"));

        RunResult putty = await Run.ProgramAsync(
            "plink",
            ["-batch", "-hostkey", shown.Succeeded().Text.Split(' ')[1], "-proxycmd", proxy.Replace("%s", "%host:%port", StringComparison.Ordinal), "-l", "anybody", "web-root", "echo putty; exit 4"],
            null,
            environment);
        RunResult dropbear = await Run.ProgramAsync(
            "dbclient", ["-y", "-y", "-J", proxy.Replace("%s", "deploy+web-1:22", StringComparison.Ordinal), "-l", "anybody", "deploy+web-1", "echo dropbear; exit 5"], null, environment);

        Assert.Equal("putty\n", putty.Ended(4).Text);
        Assert.Equal("dropbear\n", dropbear.Ended(5).Text);
    }

    private static string[] Optional(string? argument) => argument is null ? [] : [argument];

    private static string Port(World world) => world.Gateway.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> PythonAsync(string module, string package)
    {
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tools.Need("python3");
        return (await Run.ProgramAsync(python, "-c", "import " + module)).ExitCode == 0 ? python : throw Missing.SkipOrFail(module, package);
    }

    private static async Task<string> Ssh2Async(World world)
    {
        string folder = world.Files.PathOf("ssh2");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        Tools.Need("node");
        string npm = Tools.Need("npm");
        (await Run.ProgramAsync("cp", "-r", Path.Combine(Peers, "ssh2"), folder)).Succeeded();
        RunResult made = await Run.ProgramAsync(
            npm, ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], null, folder: folder, limit: TimeSpan.FromMinutes(3));
        return made.ExitCode == 0 ? folder : throw Missing.SkipOrFail("ssh2 from the npm registry, which gave: " + Text(made), "npm");
    }

    private static string Text(RunResult result) => result.Error.Length > 500 ? result.Error[..500] : result.Error;
}
