using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;
using PamTui.Hosting;
using PamTui.Logging;
using PamTui.Settings;

namespace PamTui.Commands;

internal static class GatewayVerb
{
    // What is left for closing files after the drain.
    private static readonly TimeSpan s_afterDrain = TimeSpan.FromSeconds(10);

    public static Verb Build(CommandContext context)
    {
        Option<string?> listen = new("--listen") { Description = "Where to listen, above the setting Gateway:Listen; port 0 takes a free one", HelpName = "ADDR:PORT" };
        Verb verb = new(
            "gateway",
            "Run the gateway in the foreground; logs \"listening on ADDR:PORT\" when ready, SIGTERM drains, SIGHUP reloads",
            "gateway",
            "gateway --listen 0.0.0.0:2222")
        {
            LocalOnly = "A gateway is started at its own machine: run `pamtui gateway` there.",
        };
        verb.Add(listen);
        verb.Runs(context, (run, ct) => RunAsync(run, run.Value(listen), ct));
        return verb;
    }

    private static async Task<Result<Done>> RunAsync(Invocation run, string? listen, CancellationToken ct)
    {
        SocketThreads.OneForTwoProcessors();
        LocalMachine machine = run.Context.Machine ?? throw new InvalidOperationException("A local verb has a machine.");
        Result<AppSettings> Read() => WithListen(machine.ReadSettings(run.Data, run.Config), listen);
        Result<AppSettings> read = Read();
        if (read.Refusal is { } wrong)
        {
            return wrong;
        }

        AppSettings settings = read.Value;
        Result<DataFolder> folder = DataFolder.Open(machine.FolderPath(run.Data));
        if (folder.Refusal is { } unusable)
        {
            return unusable;
        }

        using Logs logs = Logs.Open(settings.Logging, run.Out, folder.Value.Path, SystemdHelpers.IsSystemdService());
        Result<Product> opened = await Product.OpenAsync(folder.Value, machine.Unlock(run.Context.Prompt), new CoreOptions { HooksOverSsh = settings.Rotation.HooksOverSsh, Statements = settings.Statements }, run.Context.Time, logs.Factory, ct);
        if (opened.Refusal is { } locked)
        {
            return locked;
        }

        await using Product product = opened.Value;
        Result<HostKeys> keys = HostKeyFiles.LoadOrMake(folder.Value, logs.Factory.CreateLogger("PamTui.Gateway"));
        if (keys.Refusal is { } bad)
        {
            return bad;
        }

        Result<KeyTrust> trust = KeyTrustFiles.Load(settings.Gateway, folder.Value);
        if (trust.Refusal is { } untrusted)
        {
            keys.Value.Dispose();
            return untrusted;
        }

        ConsoleFaces faces = new(() => product, actor => machine.ShellOptionsFor(settings, folder.Value, actor.Name, logs.Factory), run.Context.Time);
        await using GatewayServer server = new(settings.Gateway, product, keys.Value, faces.RunAsync, new PromptFaces(run.Context.Time).RunAsync, run.Context.Time, logs.Factory, trust.Value);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSystemd();
        builder.Services.AddSingleton(logs.Factory);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(settings.Gateway.DrainSeconds) + s_afterDrain);
        using GatewayRun gateway = new(server, settings, Read, () => HostKeyFiles.Load(folder.Value), options => KeyTrustFiles.Load(options, folder.Value), logs);
        builder.Services.AddSingleton<IHostedService>(gateway);
        using RotationRun rotation = new(product.RotationRounds, settings.Rotation, run.Context.Time, logs.Factory.CreateLogger("PamTui.Rotation"));
        builder.Services.AddSingleton<IHostedService>(rotation);
        using HealthRun health = new(product.HealthRounds, settings.Health, run.Context.Time, logs.Factory.CreateLogger("PamTui.Health"));
        builder.Services.AddSingleton<IHostedService>(health);
        using IHost host = builder.Build();
        await host.RunAsync(ct);
        return default(Done);
    }

    private static Result<AppSettings> WithListen(Result<AppSettings> read, string? listen)
    {
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        AppSettings settings = listen is null ? read.Value : read.Value with { Gateway = read.Value.Gateway with { Listen = listen } };
        return settings.Gateway.Check() is { } wrong ? wrong : settings;
    }
}
