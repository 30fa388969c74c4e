using System.Globalization;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>What only the program as it ships holds. As it is built it compiles its code while it runs, and needs such memory.</summary>
public sealed class NativeCodeTests
{
    // PR_SET_MDWE of prctl(2) (Linux 6.3), PR_MDWE_REFUSE_EXEC_GAIN: what systemd's MemoryDenyWriteExecute asks for. It outlasts exec.
    private const string Denied = "import ctypes, os, sys; sys.exit('no such prctl') if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) else os.execv(sys.argv[1], sys.argv[1:])";

    [Fact]
    public async Task Gateway_and_screens_run_where_no_memory_may_become_code()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("PAMTUI_PROGRAM") is null && !Missing.EverythingMustRun, "the program as it is built compiles while it runs: a whole ./test.sh tests the one that ships");
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 3), "the kernel cannot deny it");
        await using World world = await World.StartAsync();
        string python = Tools.Need("python3");
        int port = FreePort.Next();

        await using ServerProcess gateway = ServerProcess.Start(
            python, ["-c", Denied, Vault.Program, "gateway", "--data", world.Vault.Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")]);
        await gateway.LineAsync("listening on");
        string p = port.ToString(CultureInfo.InvariantCulture);
        string echoed = (await world.SshAsync("-p", p, "web", "echo through")).Succeeded().Text;
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-F", world.Config, "-p", p, "-tt", "gw"]);
        await using Tmux local = await Tmux.StartAsync(80, 24, [python, "-c", Denied, Vault.Program, "--data", world.Vault.Data]);

        Assert.Equal("through\n", echoed);
        await terminal.SeesAsync("web-1/deploy");
        await local.SeesAsync("web-1/deploy");
    }
}
