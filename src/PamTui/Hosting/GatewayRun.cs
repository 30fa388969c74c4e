using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;
using PamTui.Logging;
using PamTui.Settings;

namespace PamTui.Hosting;

/// <summary>The gateway as a hosted service: starts, reloads on SIGHUP, drains when the host stops (SIGTERM, SIGINT).</summary>
internal sealed class GatewayRun(GatewayServer server, AppSettings settings, Func<Result<AppSettings>> reread, Func<Result<HostKeys>> rereadKeys, Func<GatewayOptions, Result<KeyTrust>> rereadTrust, Logs logs)
    : IHostedService, IDisposable
{
    private readonly ILogger _log = logs.Factory.CreateLogger("PamTui.Gateway");
    private PosixSignalRegistration? _hangUp;

    public IPEndPoint? EndPoint { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        EndPoint = await server.StartAsync(cancellationToken);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload();
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        server.DrainAsync(TimeSpan.FromSeconds(settings.Gateway.DrainSeconds), cancellationToken);

    public void Dispose() => _hangUp?.Dispose();

    // A bad file changes nothing: what runs goes on with what it had.
    private void Reload()
    {
        Result<AppSettings> fresh = reread();
        if (fresh.Refusal is { } wrong)
        {
            NotReloaded(wrong);
            return;
        }

        Result<KeyTrust> trust = rereadTrust(fresh.Value.Gateway);
        Result<HostKeys> keys = rereadKeys();
        if ((trust.Refusal ?? keys.Refusal) is { } refusal)
        {
            if (keys.IsOk)
            {
                keys.Value.Dispose();
            }

            NotReloaded(refusal);
            return;
        }

        logs.Reload(fresh.Value.Logging);
        server.Reload(fresh.Value.Gateway, keys.Value, trust.Value);
    }

    private void NotReloaded(Refusal why) => _log.LogError("Not reloaded, the old settings and keys stay: {Why}", why.Message);
}
