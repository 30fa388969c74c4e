using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Demo;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.Demo;

/// <summary>The demo's target, spoken to by the real ssh and sftp.</summary>
[SupportedOSPlatform("linux")]
public sealed class PracticeTargetTests : IAsyncLifetime
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");
    private readonly SshPrivateKey _key = SshPrivateKey.GenerateEd25519("operator");
    private readonly SshPrivateKey _other = SshPrivateKey.GenerateEd25519("stranger");
    private PracticeTarget _target = null!;

    private string KeyFile => Path.Combine(_temp.FullName, "key");

    public ValueTask InitializeAsync()
    {
        SshPrivateKey hostKey = SshPrivateKey.GenerateEd25519("host");
        string hostLine = $"{hostKey.PublicKey.KeyType} {Convert.ToBase64String(hostKey.PublicKey.Blob.Span)}";
        _target = PracticeTarget.Start(Environment.UserName, _key.PublicKey, hostKey, new SshOptions(), NullLogger.Instance);
        File.WriteAllText(Path.Combine(_temp.FullName, "known_hosts"), string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{_target.Port} {hostLine}\n"));
        Write("key", _key);
        Write("other", _other);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
        _temp.Delete(recursive: true);
    }

    [Fact]
    public async Task A_command_gets_its_streams_apart_and_its_exit_status()
    {
        RunResult result = await SshAsync([], "tr a-z A-Z; echo trouble >&2; exit 7", "hello\n");
        Assert.Equal((7, "HELLO\n"), (result.ExitCode, result.Text));
        Assert.Contains("trouble", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_killed_ends_with_its_signal()
    {
        RunResult result = await SshAsync(["-v"], "kill -KILL $$");
        Assert.Equal(255, result.ExitCode);
        Assert.Contains("exit-signal", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_is_a_real_one()
    {
        RunResult result = await SshAsync(["-tt"], "tty && [ -t 0 ] && ps -o tpgid= -p $$ && echo TERM=$TERM");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("/dev/pts/", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("-1", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_background_child_does_not_hold_a_terminal_session()
    {
        RunResult result = await SshAsync(["-tt"], "sleep 30 & echo started");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("started", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Much_data_passes_both_ways()
    {
        byte[] data = new byte[8 * 1024 * 1024];
        new Span<byte>(data).Fill((byte)'x');
        RunResult result = await Run.ProgramAsync("ssh", [.. Options(KeyFile), $"{Environment.UserName}@127.0.0.1", "cat"], data);
        Assert.Equal(data.Length, result.Output.Length);
    }

    [Fact]
    public async Task Sftp_puts_and_gets()
    {
        string here = Path.Combine(_temp.FullName, "here");
        string there = Path.Combine(_temp.FullName, "there");
        string back = Path.Combine(_temp.FullName, "back");
        await File.WriteAllTextAsync(here, "content");
        string[] options = [.. Options(KeyFile).Select(word => word == "-p" ? "-P" : word)];
        RunResult result = await Run.ProgramAsync("sftp", [.. options, "-b", "-", $"{Environment.UserName}@127.0.0.1"], System.Text.Encoding.UTF8.GetBytes($"put {here} {there}\nget {there} {back}\n"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("content", await File.ReadAllTextAsync(back));
    }

    [Fact]
    public async Task Another_key_or_another_user_gets_nothing()
    {
        RunResult key = await Run.ProgramAsync("ssh", [.. Options(Path.Combine(_temp.FullName, "other")), $"{Environment.UserName}@127.0.0.1", "id"]);
        RunResult user = await Run.ProgramAsync("ssh", [.. Options(KeyFile), "somebody@127.0.0.1", "id"]);
        Assert.Equal((255, 255, ""), (key.ExitCode, user.ExitCode, key.Text + user.Text));
    }

    private Task<RunResult> SshAsync(string[] options, string command, string input = "") =>
        Run.ProgramAsync("ssh", [.. Options(KeyFile), .. options, $"{Environment.UserName}@127.0.0.1", command], System.Text.Encoding.UTF8.GetBytes(input));

    private string[] Options(string keyFile) =>
    [
        "-F", "none",
        "-p", _target.Port.ToString(CultureInfo.InvariantCulture),
        "-i", keyFile,
        "-o", "IdentitiesOnly=yes",
        "-o", "IdentityAgent=none",
        "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "UserKnownHostsFile=" + Path.Combine(_temp.FullName, "known_hosts"),
    ];

    private void Write(string name, SshPrivateKey key)
    {
        string file = Path.Combine(_temp.FullName, name);
        using FileStream stream = new(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(key.WriteOpenSsh());
    }
}
