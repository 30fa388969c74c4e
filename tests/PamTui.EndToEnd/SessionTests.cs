using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Sessions as rows, and what ends them: from another process, within five seconds.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan s_fiveSeconds = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Kill_from_another_process_ends_the_session_within_five_seconds_and_says_why()
    {
        await using World world = await World.StartAsync();
        await using ServerProcess ssh = await LiveAsync(world);
        JsonElement session = (await world.Vault.LookAsync("session", "list", "--live"))[0];
        Assert.Equal("alice", session.GetProperty("user").GetString());

        long start = Stopwatch.GetTimestamp();
        (await world.Vault.RunAsync("session", "kill", session.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), "--reason", "maintenance at noon")).Succeeded();
        await ssh.ExitedAsync(s_fiveSeconds);

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_fiveSeconds);
        Assert.NotEqual(0, ssh.ExitCode);
        Assert.Contains("maintenance at noon", ssh.Log, StringComparison.Ordinal);
        await NoneIsLiveAsync(world);
        JsonElement row = (await world.Vault.LookAsync("session", "list"))[0];
        Assert.NotEqual(JsonValueKind.Null, row.GetProperty("ended").ValueKind);
        Assert.Contains("maintenance at noon", row.GetProperty("endReason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user disable bob")]
    [InlineData("grant remove 1 --yes")]
    [InlineData("account remove web-1/deploy --yes")]
    public async Task Right_that_ends_takes_the_running_session_with_it(string command)
    {
        await using World world = await World.StartAsync();
        SshKeyFile bob = await SshKeyFile.MakeAsync(world.Files, "bob");
        (await world.Vault.HereAsync("user", "add", "bob", "--key", bob.Path + ".pub")).Succeeded();
        (await world.Vault.HereAsync("grant", "add", "bob", "web-1/deploy", "--can", "connect")).Succeeded();
        await using ServerProcess ssh = await LiveAsync(world, "-i", bob.Path, "-l", "bob@deploy@web-1");

        (await world.Vault.RunAsync(command.Split(' '))).Succeeded();
        await ssh.ExitedAsync(s_fiveSeconds);

        Assert.NotEqual(0, ssh.ExitCode);
        await NoneIsLiveAsync(world);
    }

    [Fact]
    public async Task Target_that_dies_ends_the_session_and_the_row()
    {
        await using World world = await World.StartAsync();
        await using ServerProcess ssh = await LiveAsync(world);

        world.Target.KillSessions();
        await ssh.ExitedAsync(s_fiveSeconds);

        await NoneIsLiveAsync(world);
    }

    [Fact]
    public async Task Host_key_that_changed_is_refused_before_a_credential_leaves_and_the_person_reads_one_line()
    {
        await using World world = await World.StartAsync();
        SshKeyFile other = await SshKeyFile.MakeAsync(world.Files, "other");
        (await world.Vault.HereAsync("resource", "host-key", "add", "web-1", other.Fingerprint)).Succeeded();
        (await world.Vault.HereAsync("resource", "host-key", "remove", "web-1", world.Target.HostKey.Fingerprint, "--yes")).Succeeded();
        string before = world.Target.Log;

        RunResult result = await world.SshAsync("web", "echo in");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("", result.Text);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Contains("host key", result.Error, StringComparison.OrdinalIgnoreCase);
        await Poll.UntilAsync("the target notices the end", () => world.Target.Log[before.Length..].Contains(" closed", StringComparison.Ordinal) || world.Target.Log[before.Length..].Contains("isconnect", StringComparison.Ordinal));
        foreach (string trace in (string[])["authenticating user", "Accepted", "Failed", "Postponed", Environment.UserName + " "])
        {
            Assert.DoesNotContain(trace, world.Target.Log[before.Length..], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credential_the_target_refuses_is_told_in_one_line()
    {
        await using World world = await World.StartAsync();
        SshKeyFile stale = await SshKeyFile.MakeAsync(world.Files, "stale");
        (await world.Vault.HereAsync("account", "add", "web-1/stale", "--username", Environment.UserName, "--private-key-file", stale.Path, "--unverified")).Succeeded();

        RunResult result = await world.SshAsync("-l", "alice@stale@web-1", "web", "echo in");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.DoesNotContain("PRIVATE KEY", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_drains_no_new_sessions_the_open_one_is_told_and_may_finish()
    {
        await using World world = await World.StartAsync(settings: """{ "Gateway": { "DrainSeconds": 60 } }""");
        await using ServerProcess ssh = world.StartSsh("web", "echo live; read line; echo finished-$line; exit 4");
        await ssh.LineAsync("live");

        world.Gateway.Signal(Signals.Terminate);
        await world.Gateway.LineAsync("draining");
        RunResult refused = await world.SshAsync("web", "echo in");
        Assert.NotEqual(0, refused.ExitCode);
        await ssh.Input.WriteAsync("work\n"u8.ToArray());
        await ssh.Input.FlushAsync();
        await ssh.LineAsync("finished-work");
        await ssh.ExitedAsync();
        await world.Gateway.ExitedAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(4, ssh.ExitCode);
        Assert.Equal(0, world.Gateway.ExitCode);
        Assert.Equal(0, (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength());
    }

    [Fact]
    public async Task Reload_takes_good_settings_keeps_the_old_ones_over_a_bad_file_and_says_so()
    {
        await using World world = await World.StartAsync();
        await using ServerProcess open = await LiveAsync(world);

        world.Vault.Settings("""{ "Gateway": { "Banner": "welcome to the new banner\n" } }""");
        world.Gateway.Signal(Signals.Hangup);
        await world.Gateway.LineAsync("loaded again");
        Assert.Contains("welcome to the new banner", (await world.SshAsync("web", "true")).Succeeded().Error, StringComparison.Ordinal);

        world.Vault.Settings("""{ "Gateway": { "Banner": "never seen", "NoSuchKey": 1 } }""");
        world.Gateway.Signal(Signals.Hangup);
        await world.Gateway.LineAsync("NoSuchKey");
        Assert.Contains("welcome to the new banner", (await world.SshAsync("web", "true")).Succeeded().Error, StringComparison.Ordinal);
        Assert.False(open.HasExited);
    }

    // The row is closed after the client was told.
    private static Task NoneIsLiveAsync(World world) =>
        Poll.UntilAsync("the row is closed", async () => (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength() == 0, s_fiveSeconds);

    private static async Task<ServerProcess> LiveAsync(World world, params string[] options)
    {
        ServerProcess ssh = world.StartSsh([.. options, "web", "echo live; exec sleep 600"]);
        await ssh.LineAsync("live");
        await Poll.UntilAsync("the session is a row", async () => (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength() == 1);
        return ssh;
    }
}
