using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Settings;

namespace PamTui.Hosting;

/// <summary>The gateway's scheduled sign-ins. Of several gateways on one vault one goes round at a time.</summary>
internal sealed class HealthRun(HealthRounds rounds, HealthOptions options, TimeProvider time, ILogger log) : BackgroundService, IProgress<HealthOutcome>
{
    private static readonly TimeSpan s_round = TimeSpan.FromMinutes(1);

    public void Report(HealthOutcome value)
    {
        if (value.Now != value.Before || value.Error is not null)
        {
            log.LogWarning("{Account} is {State}: {Why}", value.Account.ToString(), Words.Of(value.Now), value.Error ?? "it signs in again");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.IntervalHours == 0)
        {
            return;
        }

        using PeriodicTimer timer = new(s_round, time);
        do
        {
            try
            {
                await rounds.RunAsync(TimeSpan.FromHours(options.IntervalHours), options.AtOnce, this, stoppingToken);
            }
#pragma warning disable CA1031 // Top of the loop: a store that cannot be read now may be again in a while, and the loop must be there then.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.LogError(fault, "a round of scheduled sign-ins ended by a fault");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
