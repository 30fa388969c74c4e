using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Core.Rotation;
using PamTui.Settings;

namespace PamTui.Hosting;

/// <summary>The gateway's own rounds of rotation. Several gateways on one vault may all have them: leases decide.</summary>
internal sealed class RotationRun(RotationRounds rounds, RotationOptions options, TimeProvider time, ILogger log) : BackgroundService, IProgress<RoundOutcome>
{
    public void Report(RoundOutcome value)
    {
        if ((value.Error ?? value.Hook?.Error) is { } error)
        {
            log.LogWarning("rotation of {Account}: {Why}", value.Account.ToString(), error);
        }
        else
        {
            log.LogInformation("rotation of {Account}: {State}", value.Account.ToString(), value.Row is { } row ? Words.Of(row.State) : "hook done");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Scheduler)
        {
            return;
        }

        using PeriodicTimer timer = new(TimeSpan.FromSeconds(options.EverySeconds), time);
        do
        {
            try
            {
                await rounds.RunAsync(Actor.System, options.AtOnce, this, stoppingToken);
            }
#pragma warning disable CA1031 // Top of the loop: a store that cannot be read now may be again in a while, and the loop must be there then.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.LogError(fault, "a round of rotation ended by a fault");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
