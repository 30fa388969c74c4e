using System.Collections.Concurrent;
using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway.Console;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

public sealed class ConsoleTests(ConsoleTests.Shared shared) : IClassFixture<ConsoleTests.Shared>
{
    private TestGateway Gateway => shared.Gateway;

    [Fact]
    public async Task Command_goes_to_the_face_with_its_user_streams_and_exit_status()
    {
        Gateway.Face = async (request, ct) =>
        {
            using StreamReader input = new(request.Input);
            string text = await input.ReadToEndAsync(ct);
            await request.Output.WriteAsync(Encoding.UTF8.GetBytes($"{request.Who.Name} from {request.Source}: {request.Command} {text}"), ct);
            await request.Error.WriteAsync("oops\n"u8.ToArray(), ct);
            Assert.Null(request.Terminal);
            return new ConsoleOutcome.Done(3);
        };

        RunResult result = await Gateway.SshAsync("alice", "in"u8.ToArray(), "account list 'env=prod' --json");

        Assert.Equal("alice from 127.0.0.1: account list 'env=prod' --json in", result.Ended(3).Text);
        Assert.Equal("oops\n", result.Error);
    }

    [Fact]
    public async Task Without_terminal_and_command_it_says_how_to_use_it()
    {
        RunResult result = await Gateway.SshAsync("alice", "-T");

        Assert.Contains("name an account", result.Ended(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sftp_without_account_says_what_is_missing()
    {
        RunResult result = await Run.ProgramAsync("sftp", [.. Gateway.SshOptions(Gateway.AliceKey), "-b", "-", "alice@127.0.0.1"], "ls"u8.ToArray());

        Assert.Contains("'sftp' needs an account", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_of_the_face_ends_its_channel_in_words_and_nothing_else()
    {
        Gateway.Face = (_, _) => throw new InvalidOperationException("canary");

        RunResult result = await Gateway.SshAsync("alice", "account list");

        Assert.Contains("the console failed", result.Ended(1).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Error, StringComparison.Ordinal);
        Assert.Contains("canary", Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B8_connect_opens_the_session_on_the_same_channel_and_comes_back_with_the_state()
    {
        ConcurrentQueue<(object? State, string? Notice)> calls = new();
        Gateway.Face = async (request, ct) =>
        {
            calls.Enqueue((request.State, request.Notice));
            Assert.Equal("xterm", request.Terminal?.Term);
            if (request.State is null)
            {
                return new ConsoleOutcome.Connect(new AccountRef("web-1", "deploy"), "place in the list");
            }

            await request.Output.WriteAsync("back\r\n"u8.ToArray(), ct);
            return new ConsoleOutcome.Done(0);
        };
        int before = (await Gateway.SessionsAsync()).Count;
        await using ServerProcess ssh = TerminalSsh("alice");

        await TypeAsync(ssh, "echo on-the-tar''get; stty size; exit 5\n");

        await ssh.LineAsync("on-the-target");
        await ssh.LineAsync("back");
        await ssh.ExitedAsync();
        Assert.Equal(0, ssh.ExitCode);
        Assert.Equal([(null, null), ("place in the list", "web-1/deploy: exit status 5")], calls);
        SessionRecord row = (await Gateway.SessionsAsync())[before];
        Assert.Equal(("alice", "closed"), (row.User, row.EndReason));
        Assert.True(row.BytesIn > 0 && row.BytesOut > 0);
    }

    [Fact]
    public async Task B8_connect_to_an_account_without_permission_is_refused_in_words()
    {
        string? notice = null;
        Gateway.Face = (request, _) =>
        {
            notice = request.Notice;
            return Task.FromResult<ConsoleOutcome>(request.State is null ? new ConsoleOutcome.Connect(new AccountRef("web-1", "deploy"), "x") : new ConsoleOutcome.Done(0));
        };

        (await Gateway.SshAsync(Gateway.BobKey, "bob", "anything")).Succeeded();

        Assert.Equal("web-1/deploy: there is no such account, or you may not use it.", notice);
    }

    [Fact]
    public async Task C13_kill_ends_a_session_of_the_console_and_gives_the_console_back()
    {
        Gateway.Face = async (request, ct) =>
        {
            if (request.State is null)
            {
                return new ConsoleOutcome.Connect(new AccountRef("web-1", "deploy"), "x");
            }

            await request.Output.WriteAsync(Encoding.UTF8.GetBytes("notice: " + request.Notice + "\r\n"), ct);
            return new ConsoleOutcome.Done(0);
        };
        await using ServerProcess ssh = TerminalSsh("alice");
        await TypeAsync(ssh, "echo rea''dy\n");
        await ssh.LineAsync("ready");
        SessionRecord row = Assert.Single(await Gateway.SessionsAsync(liveOnly: true));

        TestGateway.Ok(await Gateway.Product.Sessions.KillAsync(new Actor("root", null, Role.Admin, "local"), row.Id, "enough", CancellationToken.None));

        await ssh.LineAsync("notice: web-1/deploy: session ended: killed by root: enough", TimeSpan.FromSeconds(5));
        await ssh.ExitedAsync();
    }

    [Fact]
    public async Task C12_client_that_dies_takes_the_faces_terminal_with_it()
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Gateway.Face = async (request, ct) =>
        {
            await request.Output.WriteAsync("ready\r\n"u8.ToArray(), ct);
            using CancellationTokenRegistration told = request.Terminal!.Closed.Register(() => closed.TrySetResult());
            await closed.Task;
            return new ConsoleOutcome.Done(0);
        };
        await using ServerProcess ssh = TerminalSsh("alice");
        await ssh.LineAsync("ready");

        ssh.Signal(Signals.Kill);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private ServerProcess TerminalSsh(string login) => ServerProcess.Start(
        Tools.Need("ssh"),
        [.. Gateway.SshOptions(Gateway.AliceKey), "-tt", login + "@127.0.0.1"],
        new Dictionary<string, string?> { ["TERM"] = "xterm" });

    private static async Task TypeAsync(ServerProcess ssh, string text)
    {
        await ssh.Input.WriteAsync(Encoding.UTF8.GetBytes(text));
        await ssh.Input.FlushAsync();
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
