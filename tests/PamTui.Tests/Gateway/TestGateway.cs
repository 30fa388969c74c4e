using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Vault;
using PamTui.Gateway;
using PamTui.Gateway.Console;
using PamTui.Gateway.Forwarding;
using PamTui.Gateway.Listener;
using PamTui.Hosting;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.GatewayTests;

/// <summary>
/// A gateway on a free loopback port over a vault of its own, with a real sshd as its target: alice (admin, key) and bob (member, another
/// key, no grants); accounts web-1/deploy (alias "web", key) and web-2/deploy.
/// </summary>
public sealed class TestGateway : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _socketThreads = new();
    private readonly ILoggerFactory _logs;

    private TestGateway() => _logs = LoggerFactory.Create(builder => builder.AddProvider(this).SetMinimumLevel(LogLevel.Debug));

    public TempFolder Temp { get; } = new(readableByAll: true);

    public DataFolder Folder { get; private set; } = null!;

    public Product Product { get; private set; } = null!;

    public GatewayServer Server { get; private set; } = null!;

    public IPEndPoint EndPoint { get; private set; } = null!;

    public Sshd Target { get; private set; } = null!;

    public SshKeyFile AliceKey { get; private set; } = null!;

    public SshKeyFile BobKey { get; private set; } = null!;

    public SshKeyFile TargetKey { get; private set; } = null!;

    public User Alice { get; private set; } = null!;

    public User Bob { get; private set; } = null!;

    /// <summary>What `ssh alice@gw` gets.</summary>
    public ConsoleFace Face { get; set; } = (_, _) => Task.FromResult<ConsoleOutcome>(new ConsoleOutcome.Done(0));

    public string Log => string.Join('\n', _log);

    /// <summary>Lines said on the framework's threads that wait for sockets.</summary>
    public IReadOnlyCollection<string> LinesOfSocketThreads => _socketThreads;

    public static Actor Local { get; } = Actor.Local("tester");

    public string KnownHosts => Temp.PathOf("known_hosts");

    /// <param name="time">The gateway's clock; the vault keeps the real one.</param>
    /// <param name="resolve">Says where names lead that are forwarded to; null: the machine does.</param>
    public static async Task<TestGateway> StartAsync(
        GatewayOptions? options = null, SshdOptions? target = null, TimeProvider? time = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        TestGateway gateway = new();
        gateway.AliceKey = await SshKeyFile.MakeAsync(gateway.Temp, "alice");
        gateway.BobKey = await SshKeyFile.MakeAsync(gateway.Temp, "bob");
        gateway.TargetKey = await SshKeyFile.MakeAsync(gateway.Temp, "target");
        target ??= new SshdOptions();
        gateway.Target = await Sshd.StartAsync(target with { AuthorizedKeys = target.AuthorizedKeys ?? [gateway.TargetKey.PublicLine] });
        await gateway.FillAsync();
        gateway.Server = new GatewayServer(
            (options ?? new GatewayOptions()) with { Listen = "127.0.0.1:0" },
            gateway.Product,
            HostKeyFiles.Load(gateway.Folder).Value,
            (request, ct) => gateway.Face(request, ct),
            new PromptFaces(TimeProvider.System).RunAsync,
            time ?? TimeProvider.System,
            gateway._logs,
            trust: null,
            new ResolveName(resolve ?? Dns.GetHostAddressesAsync));
        gateway.EndPoint = await gateway.Server.StartAsync(CancellationToken.None);
        gateway.Trust(HostKeyFiles.Load(gateway.Folder).Value);
        return gateway;
    }

    public static T Ok<T>(Result<T> result) => result.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : result.Value;

    /// <summary>Another process's view of the same vault.</summary>
    public async Task<Product> AnotherAsync() =>
        Ok(await Product.OpenAsync(Folder, new VaultUnlock(), CoreTests.TestVault.Cheap, TimeProvider.System, _logs, CancellationToken.None));

    public void Trust(HostKeys keys)
    {
        using HostKeys mine = keys;
        File.WriteAllLines(KnownHosts, mine.PublicLines.Select(line => string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{EndPoint.Port} {line}")));
    }

    public Task<Resource> AddResourceAsync(string name, int port, string fingerprint) => AddResourceAsync(name, port, [new HostKeyPin("", fingerprint, "option", default)]);

    public async Task<Resource> AddResourceAsync(string name, int port, IReadOnlyList<HostKeyPin> pins) => Ok(await Product.Resources.AddAsync(
        Local, new ResourceDraft(name, ResourceKind.Linux, Sshd.Host, port, null, TlsMode.Verify, null, pins, false, "", Metadata.Empty), CancellationToken.None));

    public Task AddAccountAsync(string reference, string? alias = null) => AddAccountAsync(reference, CredentialType.PrivateKey, TargetKey.PrivateBytes, alias, Environment.UserName);

    public async Task AddAccountAsync(string reference, CredentialType type, byte[] secret, string? alias, string username)
    {
        AccountRef parsed = AccountRef.Parse(reference).Value;
        using NewCredential credential = new(type, Secret.From(secret));
        Ok(await Product.Accounts.AddAsync(
            Local, new AccountDraft(parsed.Resource, parsed.Account, username, credential, alias, "", "", Metadata.Empty), CheckMode.Unverified, null, CancellationToken.None));
    }

    /// <summary>OpenSSH's options for this gateway: nothing of the machine's own configuration.</summary>
    public IReadOnlyList<string> SshOptions(SshKeyFile key) =>
    [
        "-F", "none", "-i", key.Path, "-o", "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=" + KnownHosts, "-o", "GlobalKnownHostsFile=none",
        "-o", "KexAlgorithms=curve25519-sha256", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "LogLevel=INFO", "-o", string.Create(CultureInfo.InvariantCulture, $"Port={EndPoint.Port}"),
    ];

    public Task<RunResult> SshAsync(string login, params string[] arguments) => SshAsync(AliceKey, login, arguments);

    public Task<RunResult> SshAsync(SshKeyFile key, string login, params string[] arguments) => Run.ProgramAsync("ssh", [.. SshOptions(key), login + "@127.0.0.1", .. arguments], null);

    public Task<RunResult> SshAsync(string login, byte[] input, params string[] arguments) => Run.ProgramAsync("ssh", [.. SshOptions(AliceKey), login + "@127.0.0.1", .. arguments], input);

    /// <summary>An ssh_config in which `gw` is this gateway, for the user of that key, and every host shows the gateway's host keys.</summary>
    public string JumpConfig(SshKeyFile key, string user)
    {
        Temp.Write("known_gateway", string.Concat(File.ReadLines(KnownHosts).Select(line => "gateway " + line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..] + "\n")));
        return Temp.Write("jump_config_" + user, string.Create(CultureInfo.InvariantCulture, $"""
            Host gw
              HostName 127.0.0.1
              Port {EndPoint.Port}
              User {user}
            Host *
              HostKeyAlias gateway
              IdentityFile {key.Path}
              IdentitiesOnly yes
              UserKnownHostsFile {Temp.PathOf("known_gateway")}
              GlobalKnownHostsFile none
              KexAlgorithms curve25519-sha256
              StrictHostKeyChecking yes
              BatchMode yes

            """));
    }

    /// <summary>Alice's ssh, by way of this gateway.</summary>
    public Task<RunResult> JumpAsync(params string[] arguments) => Run.ProgramAsync("ssh", ["-F", JumpConfig(AliceKey, "alice"), "-J", "gw", .. arguments], null);

    /// <summary>An ssh that goes on until it is told to stop.</summary>
    public ServerProcess StartSsh(string login, params string[] arguments) =>
        ServerProcess.Start(Tools.Need("ssh"), [.. SshOptions(AliceKey), .. arguments.TakeWhile(argument => argument.StartsWith('-')), login + "@127.0.0.1", .. arguments.SkipWhile(argument => argument.StartsWith('-'))]);

    public async Task<IReadOnlyList<SessionRecord>> SessionsAsync(bool liveOnly = false) =>
        [.. Ok(await Product.Sessions.ListAsync(Local, liveOnly, new PageRequest(0, PageRequest.MaxLimit), CancellationToken.None)).Items.OrderBy(row => row.Id)];

    /// <summary>The session's row, once it has an end.</summary>
    public async Task<SessionRecord> EndedAsync(long session)
    {
        SessionRecord? row = null;
        await Poll.UntilAsync("the session's end", async () => (row = (await SessionsAsync()).Single(one => one.Id == session)).Ended is not null);
        return row!;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Product.DisposeAsync();
        await Target.DisposeAsync();
        _logs.Dispose();
        Temp.Dispose();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Lines(_log, _socketThreads);

    void IDisposable.Dispose()
    {
    }

    private async Task FillAsync()
    {
        Folder = DataFolder.CreateOrOpen(Temp.PathOf("data")).Value;
        MadeHostKeys.CopyTo(Folder.Path);
        Assert.Null((await Product.InitAsync(Folder, new VaultUnlock(), MasterKeyForm.File, TimeProvider.System, ("alice", AliceKey.PublicLine), CancellationToken.None)).Refusal);
        Product = await AnotherAsync();
        Alice = Ok(await Product.Users.FindAsync(Local, "alice", CancellationToken.None));
        Bob = Ok(await Product.Users.AddAsync(Local, "bob", Role.Member, BobKey.PublicLine, CancellationToken.None));
        await AddResourceAsync("web-1", Target.Port, Target.HostKey.Fingerprint);
        await AddResourceAsync("web-2", Target.Port, Target.HostKey.Fingerprint);
        await AddAccountAsync("web-1/deploy", "web");
        await AddAccountAsync("web-2/deploy");
    }

    private sealed class Lines(ConcurrentQueue<string> lines, ConcurrentQueue<string> socketThreads) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = new StringBuilder().Append(logLevel).Append(": ").Append(formatter(state, exception)).Append(exception is null ? "" : "\n" + exception).ToString();
            lines.Enqueue(line);
            if (Thread.CurrentThread.Name == ".NET Sockets")
            {
                socketThreads.Enqueue(line);
            }
        }
    }
}
