using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>
/// Asks the end of one leg whether it is still there when nothing has come from it for an interval, as OpenSSH's ClientAlive and ServerAlive do.
/// Any byte is an answer.
/// </summary>
/// <param name="question">Queues the question on the leg.</param>
/// <param name="isRead">False: nobody takes what comes just now, so silence says nothing.</param>
/// <param name="seconds">The interval; 0: never asks.</param>
/// <param name="questions">So many go unanswered.</param>
internal sealed class SilenceWatch(SshTransport leg, Action question, Func<bool> isRead, int seconds, int questions, TimeProvider time)
{
    /// <summary>Why a session ends whose target is silent.</summary>
    public const string TargetIsSilent = "the target stopped answering";

    private readonly TimeSpan _interval = TimeSpan.FromSeconds(seconds);

    /// <summary>Returns when the last question was left unanswered for an interval. <see cref="SshException"/>: the leg is gone already.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (seconds == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ct).ConfigureAwait(false);
        }

        using PeriodicTimer timer = new(_interval, time);
        long seen = leg.BytesIn;
        for (int unanswered = 0; await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);)
        {
            (long before, seen) = (seen, leg.BytesIn);
            if (seen != before || !isRead())
            {
                unanswered = 0;
                continue;
            }

            if (unanswered++ == questions)
            {
                return;
            }

            question();
            await FlushAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>An end that does not even take the question leaves it unanswered all the same.</summary>
    private async Task FlushAsync(CancellationToken ct)
    {
        using CancellationTokenSource patience = new(_interval, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await leg.FlushAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It stays queued.
        }

        await PoolThread.Enter();
    }
}
