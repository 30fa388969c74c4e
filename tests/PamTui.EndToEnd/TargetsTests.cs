using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>SSH servers other than OpenSSH's, as targets behind the gateway.</summary>
public sealed class TargetsTests
{
    /// <summary>Each of them is asked soon whether it is still there.</summary>
    private const string Asking = """{ "Gateway": { "TargetAliveSeconds": 2, "TargetAliveCount": 2 } }""";

    private const string SftpServer = "/usr/lib/openssh/sftp-server";

    [Fact]
    public async Task Dropbear_is_a_target_for_commands_a_terminal_and_files()
    {
        await using World world = await World.StartAsync(Asking);
        string program = Tools.Need("dropbear");
        string hostKey = world.Files.PathOf("dropbear_host");
        (await Run.ProgramAsync("dropbearkey", "-t", "ed25519", "-f", hostKey)).Succeeded();
        await using TestUser user = await OwnerOfAsync(world.Deploy);
        (ServerProcess server, int port) = await ListeningAsync(
            port => ServerProcess.Start(program, ["-F", "-E", "-s", "-r", hostKey, "-p", "127.0.0.1:" + Text(port), "-P", world.Files.PathOf("dropbear_pid")]), "Not backgrounding");
        await using (server)
        {
            await UseAsync(world, "dropbear", port, user);
        }
    }

    [Fact]
    public async Task TinySSH_is_a_target_for_commands_a_terminal_and_files()
    {
        await using World world = await World.StartAsync(Asking);
        string program = Tools.Need("tinysshd");
        string socat = Tools.Need("socat");
        string keys = world.Files.PathOf("tinyssh_host");
        (await Run.ProgramAsync("tinysshd-makekey", keys)).Succeeded();
        await using TestUser user = await OwnerOfAsync(world.Deploy);

        // It serves one connection on its standard input and output, and leaves listening to others.
        (ServerProcess server, int port) = await ListeningAsync(
            port => ServerProcess.Start(socat, ["-d", "-d", $"TCP4-LISTEN:{Text(port)},bind=127.0.0.1,fork,reuseaddr", $"EXEC:{program} -v -x sftp={SftpServer} {keys}"]), "listening on");
        await using (server)
        {
            await UseAsync(world, "tinyssh", port, user);
        }
    }

    [Fact]
    public async Task Libssh_is_a_target_for_commands_a_terminal_and_files()
    {
        await using World world = await World.StartAsync(Asking);
        string program = await Compiled.LibsshAsync(world.Files, Path.Combine(AppContext.BaseDirectory, "Peers", "libssh", "server.c"));
        SshKeyFile hostKey = await SshKeyFile.MakeAsync(world.Files, "libssh_host");
        (ServerProcess server, int port) = await ListeningAsync(
            port => ServerProcess.Start(program, [Text(port), hostKey.Path, world.Deploy.Path + ".pub", SftpServer]), "listening");
        await using (server)
        {
            await UseAsync(world, "libssh", port, null);
        }
    }

    /// <summary>The resource pinned at first sight, its account checked by a real sign-in, and then what people do with it.</summary>
    private static async Task UseAsync(World world, string name, int port, TestUser? user)
    {
        string username = user?.Name ?? Environment.UserName;
        (await world.Vault.HereAsync("resource", "add", name, "--kind", "linux", "--host", "127.0.0.1", "--port", Text(port), "--trust-on-first-use")).Succeeded();
        (await world.Vault.HereAsync("account", "add", name + "/deploy", "--username", username, "--private-key-file", world.Deploy.Path)).Succeeded();
        string login = "alice@deploy@" + name;

        RunResult exec = await world.SshWithInputAsync("in\n"u8.ToArray(), "-l", login, "web", "cat; id -un; echo err >&2; exit 7");
        Assert.Equal($"in\n{username}\n", exec.Ended(7).Text);
        Assert.Equal("err\n", exec.Error);

        RunResult much = await world.SshWithInputAsync(new byte[5_000_000], "-l", login, "web", "wc -c; head -c 5000000 /dev/zero");
        Assert.Equal("5000000\n".Length + 5_000_000, much.Succeeded().Output.Length);

        // Longer than a silent target is given.
        Assert.Equal("awake\n", (await world.SshAsync("-l", login, "web", "sleep 9; echo awake")).Succeeded().Text);

        await using (Tmux tmux = await Tmux.StartAsync(90, 30, ["ssh", "-F", world.Config, "-l", login, "web"]))
        {
            await tmux.TypeAsync("PS1=; echo first-$(stty size | tr ' ' x)\n");
            await tmux.SeesAsync("first-30x90");
            await tmux.ResizeAsync(101, 37);
            await tmux.TypeAsync("echo second-$(stty size | tr ' ' x)\n");
            await tmux.SeesAsync("second-37x101");
            await tmux.TypeAsync("exit 3\n");
            Assert.Equal(3, await tmux.EndsAsync());
        }

        string remote = user is null ? world.Files.PathOf(name + "-remote") : user.Home + "/remote";
        string back = world.Files.PathOf(name + "-back");
        RunResult sftp = await Run.ProgramAsync(
            "sftp", ["-F", world.Config, "-o", "User=" + login, "-b", "-", "web"], Encoding.UTF8.GetBytes($"put {world.KnownHosts} {remote}\nls -l {remote}\nget {remote} {back}\n"));
        sftp.Succeeded();
        Assert.Equal(await File.ReadAllTextAsync(world.KnownHosts), await File.ReadAllTextAsync(back));

        Assert.Equal("jumped\n", (await world.SshAsync($"deploy+{name}.pam", "echo jumped; exit 4")).Ended(4).Text);
    }

    /// <summary>A user of the machine whom the key lets in, as these servers read no other file.</summary>
    private static async Task<TestUser> OwnerOfAsync(SshKeyFile key)
    {
        TestUser user = await TestUser.MakeAsync();
        (await Run.ProgramAsync(
            "sh", "-c", $"set -e; mkdir {user.Home}/.ssh; echo '{key.PublicLine}' >{user.Home}/.ssh/authorized_keys; chmod -R go= {user.Home}/.ssh; chown -R {user.Name}: {user.Home}")).Succeeded();
        return user;
    }

    private static async Task<(ServerProcess Server, int Port)> ListeningAsync(Func<int, ServerProcess> start, string ready)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Next();
            ServerProcess server = start(port);
            if (await server.FindLineAsync(ready) is not null)
            {
                return (server, port);
            }

            Assert.True(attempt < 5, "the server did not start:\n" + server.Log);
            await server.DisposeAsync();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
