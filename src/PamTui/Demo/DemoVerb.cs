using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Gateway;
using PamTui.Gateway.Listener;
using PamTui.Hosting;
using PamTui.Logging;
using PamTui.Settings;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Tui;

namespace PamTui.Demo;

/// <summary>`pamtui demo`: a vault, a gateway and a practice target that exist until the program ends.</summary>
internal static class DemoVerb
{
    private const string Loopback = "127.0.0.1";

    public static Verb Build(CommandContext context)
    {
        Verb verb = new("demo", "A throw-away vault with samples, a gateway and a practice target on loopback; opens the TUI when there is a terminal", "demo")
        {
            LocalOnly = "The demo runs on your own machine: `pamtui demo` there.",
        };
        verb.Runs(context, (run, ct) => OperatingSystem.IsLinux()
            ? RunAsync(run, ct)
            : Task.FromResult<Result<Done>>(Refusal.Failed("The demo's practice target needs Linux.")));
        return verb;
    }

    [SupportedOSPlatform("linux")]
    private static async Task<Result<Done>> RunAsync(Invocation run, CancellationToken ct)
    {
        using DemoFolder folder = new();
        bool onTerminal = run.Context.Prompt is not null && !Console.IsOutputRedirected && !Console.IsInputRedirected;
        using Logs logs = Logs.Open(new LoggingOptions { Level = LogLevelName.Warning }, onTerminal ? null : run.Error, folder.Vault, journal: false);
        using SshPrivateKey adminKey = SshPrivateKey.GenerateEd25519(DemoVault.Admin + "@demo");
        using SshPrivateKey accountKey = SshPrivateKey.GenerateEd25519(DemoVault.PracticeAccount);
        SshPrivateKey targetKey = SshPrivateKey.GenerateEd25519("practice target");
        folder.WriteKey(adminKey);

        TimeProvider time = run.Context.Time;
        DataFolder vault = DataFolder.CreateOrOpen(folder.Vault).Value;
        Result<Done> made = await Product.InitAsync(
            vault, new VaultUnlock(), MasterKeyForm.File, time, (DemoVault.Admin, DemoFolder.LineOf(adminKey.PublicKey, DemoVault.Admin + "@demo")), ct);
        if (made.Refusal is { } refusal)
        {
            return refusal;
        }

        Result<Product> opened = await Product.OpenAsync(vault, new VaultUnlock(), new CoreOptions(), time, logs.Factory, ct);
        if (opened.Refusal is { } refused)
        {
            return refused;
        }

        await using Product product = opened.Value;
        await using PracticeTarget target = PracticeTarget.Start(
            Environment.UserName, accountKey.PublicKey, targetKey, new SshOptions { Time = time }, logs.Factory.CreateLogger("PamTui.Demo"));
        Result<Done> filled = await DemoVault.FillAsync(product, accountKey, targetKey.PublicKey, target.Port, Environment.UserName, time, ct);
        return filled.Refusal is { } unfilled ? unfilled : await ServeAsync(run, folder, vault, product, logs, onTerminal, ct);
    }

    private static async Task<Result<Done>> ServeAsync(Invocation run, DemoFolder folder, DataFolder vault, Product product, Logs logs, bool onTerminal, CancellationToken ct)
    {
        Result<HostKeys> keys = HostKeyFiles.LoadOrMake(vault, logs.Factory.CreateLogger("PamTui.Demo"));
        if (keys.Refusal is { } refusal)
        {
            return refusal;
        }

        int port = 0;
        ShellOptions Options(string user) => new()
        {
            GatewayHost = Loopback,
            GatewayPort = port,
            SshSettings = folder.SshSettings,
            SignInName = user,
            Logs = logs.Factory,
            HostKeys = () => GatewayKeys.Of(keys.Value),
            Version = VersionVerb.WithBuild,
            DataFolder = vault.Path,
            LogPlace = "nowhere: this is a demo",
        };
        ConsoleFaces faces = new(() => product, actor => Options(actor.Name), run.Context.Time);
        GatewayOptions options = new() { Listen = Loopback + ":0", DrainSeconds = 0 };
        await using GatewayServer server = new(options, product, keys.Value, faces.RunAsync, new PromptFaces(run.Context.Time).RunAsync, run.Context.Time, logs.Factory);
        IPEndPoint listening = await server.StartAsync(ct);
        port = listening.Port;
        folder.WriteKnownHosts(string.Concat(keys.Value.PublicLines.Select(line => string.Create(CultureInfo.InvariantCulture, $"[{Loopback}]:{port} {line}\n"))));
        GatewayDoor door = new(Loopback, port, DemoVault.Admin, folder.KnownHosts, folder.KeyFile);
        await PrintAsync(run, door, ct);
        if (onTerminal)
        {
            Actor actor = Actor.Local(Environment.UserName);
            Result<Done> shown = await new LocalTui(product, actor, () => door, Options(DemoVault.Admin), run, run.Context.Time).RunAsync(ct);
            if (shown.IsOk && run.Context.Prompt is { } prompt && !ct.IsCancellationRequested)
            {
                await prompt.AskAsync("The commands above still work. Press Enter to end the demo. ", ct);
            }
        }
        else
        {
            await WaitAsync(ct);
        }

        await server.DrainAsync(TimeSpan.Zero, CancellationToken.None);
        return default(Done);
    }

    private static async Task PrintAsync(Invocation run, GatewayDoor door, CancellationToken ct)
    {
        await run.Out.WriteLineAsync(
            $"""
            A shell on the practice target; you never see its key:
              {door.Line(DemoVault.PracticeAccount + "@" + DemoVault.PracticeResource)}

            The command line over SSH:
              {door.Line(null, "account", "list", "env=prod")}

            The full screen over SSH:
              {door.Line(null)}

            """.AsMemory(),
            ct);
        await run.Out.FlushAsync(ct);
    }

    private static async Task WaitAsync(CancellationToken ct)
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = ct.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }
}
