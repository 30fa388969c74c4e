using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Gateway.Console;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>Every way in asks the same question: a matrix of ways, without the right and with it.</summary>
public sealed class AuthorizationTests(AuthorizationTests.Shared shared) : IClassFixture<AuthorizationTests.Shared>
{
    private TestGateway Gateway => shared.Gateway;

    public static TheoryData<string> Ways => ["exec", "shell", "terminal", "sftp", "scp", "multiplexed", "console", "jump", "jump sftp", "jump by proxy command"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task B8_no_way_in_opens_a_session_without_a_grant(string way)
    {
        int before = (await Gateway.SessionsAsync()).Count;
        int signIns = TargetSignIns();

        RunResult result = await GoAsync(way, "closed");

        Assert.DoesNotContain("inside", result.Text + result.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await Gateway.SessionsAsync()).Count);
        Assert.Equal(signIns, TargetSignIns());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task B8_every_way_in_opens_one_session_with_a_grant(string way)
    {
        int before = (await Gateway.SessionsAsync()).Count;

        RunResult result = await GoAsync(way, "open");

        Assert.Contains("inside", result.Text + result.Error, StringComparison.Ordinal);
        SessionRecord row = (await Gateway.SessionsAsync()).Skip(before).Single();
        Assert.Equal(("bob", "open", "web-1"), (row.User, row.Account, row.Resource));
    }

    [Fact]
    public async Task B8_other_capabilities_open_nothing()
    {
        RunResult result = await GoAsync("exec", "revealed");

        Assert.Contains("there is no account 'revealed'", result.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C13_grant_that_is_taken_away_ends_the_session_within_5_seconds()
    {
        await Gateway.AddAccountAsync("web-2/temporary");
        Grant grant = await GrantAsync("web-2/temporary", Capability.Connect);
        await using ServerProcess ssh = ServerProcess.Start(
            Tools.Need("ssh"), [.. Gateway.SshOptions(Gateway.BobKey), "-tt", "bob@temporary@web-2@127.0.0.1", "echo ready; exec cat"]);
        await ssh.LineAsync("ready");

        TestGateway.Ok(await Gateway.Product.Grants.RemoveAsync(TestGateway.Local, grant.Id, CancellationToken.None));

        await ssh.ExitedAsync(TimeSpan.FromSeconds(5));
        Assert.Contains("session ended: ", ssh.Log, StringComparison.Ordinal);
    }

    private async Task<RunResult> GoAsync(string way, string account)
    {
        string login = $"bob@{account}@web-1";
        string folder = Directory.CreateDirectory(Gateway.Temp.PathOf("folder")).FullName;
        string file = Path.Combine(folder, "inside");
        await File.WriteAllTextAsync(file, "inside\n");
        IReadOnlyList<string> options = Gateway.SshOptions(Gateway.BobKey);
        switch (way)
        {
            case "exec":
                return await Gateway.SshAsync(Gateway.BobKey, login, "echo in''side");
            case "shell":
                return await Run.ProgramAsync("ssh", [.. options, "-T", login + "@127.0.0.1"], "echo in''side\n"u8.ToArray());
            case "terminal":
                return await Gateway.SshAsync(Gateway.BobKey, login, "-tt", "echo in''side");
            case "sftp":
                return await Run.ProgramAsync("sftp", [.. options, "-q", "-b", "-", login + "@127.0.0.1"], System.Text.Encoding.UTF8.GetBytes($"ls {folder}\n"));
            case "scp":
                string copy = Gateway.Temp.PathOf("copy-" + account);
                RunResult copied = await Run.ProgramAsync("scp", [.. options, "-O", login + "@127.0.0.1:" + file, copy], null);
                return File.Exists(copy) ? copied with { Output = await File.ReadAllBytesAsync(copy) } : copied with { Error = copied.Error.Replace(file, "", StringComparison.Ordinal) };
            case "multiplexed":
                return await Gateway.SshAsync(Gateway.BobKey, login, "-o", "ControlMaster=auto", "-o", "ControlPath=" + Gateway.Temp.PathOf("mux-" + account), "cat " + folder + "/*");
            case "jump":
                return await Run.ProgramAsync("ssh", ["-F", Gateway.JumpConfig(Gateway.BobKey, "bob"), "-J", "gw", account + "@web-1", "echo in''side"], null);
            case "jump sftp":
                return await Run.ProgramAsync(
                    "sftp", ["-F", Gateway.JumpConfig(Gateway.BobKey, "bob"), "-q", "-J", "gw", "-b", "-", account + "+web-1"], System.Text.Encoding.UTF8.GetBytes($"ls {folder}\n"));
            case "jump by proxy command":
                string config = Gateway.JumpConfig(Gateway.BobKey, "bob");
                return await Run.ProgramAsync("ssh", ["-F", config, "-o", $"ProxyCommand=ssh -F {config} -W %h:22 gw", account + "+web-1", "echo in''side"], null);
            default:
                string? notice = null;
                Gateway.Face = (request, _) =>
                {
                    notice ??= request.Notice;
                    return Task.FromResult<ConsoleOutcome>(request.State is null ? new ConsoleOutcome.Connect(new AccountRef("web-1", account), "x") : new ConsoleOutcome.Done(0));
                };
                return await Run.ProgramAsync("ssh", [.. options, "-tt", "bob@127.0.0.1"], "echo in''side; exit\n"u8.ToArray());
        }
    }

    private int TargetSignIns() => Gateway.Target.Log.Split('\n').Count(line => line.Contains("Accepted publickey", StringComparison.Ordinal));

    private async Task<Grant> GrantAsync(string account, Capability capability) =>
        TestGateway.Ok(await Gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", account, capability), CancellationToken.None));

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await TestGateway.StartAsync();
            foreach ((string name, Capability capability) in new[] { ("open", Capability.Connect), ("revealed", Capability.Reveal), ("closed", Capability.None) })
            {
                await Gateway.AddAccountAsync("web-1/" + name);
                if (capability != Capability.None)
                {
                    TestGateway.Ok(await Gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", "web-1/" + name, capability), CancellationToken.None));
                }
            }
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
