using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>What goes on until a person ends it with Ctrl-C, or the caller goes away.</summary>
internal static class Following
{
    private const byte Interrupt = 3;
    private const byte EndOfInput = 4;

    /// <summary>Over SSH with a terminal Ctrl-C comes as a byte: nobody but us reads it there.</summary>
    public static async Task<Result<Done>> UntilStoppedAsync(this Invocation run, Func<CancellationToken, Task<Result<Done>>> work, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task keys = run.Context is { IsRemote: true, OnTerminal: true } ? ReadKeysAsync(run.Context.Input, stop) : Task.CompletedTask;
        try
        {
            return await work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return default(Done);
        }
        finally
        {
            await stop.CancelAsync();
            await keys.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadKeysAsync(Stream input, CancellationTokenSource stop)
    {
        byte[] keys = new byte[64];
        while (await input.ReadAsync(keys, stop.Token) is var length && length > 0)
        {
            if (keys.AsSpan(0, length).IndexOfAny(Interrupt, EndOfInput, (byte)'q') >= 0)
            {
                break;
            }
        }

        await stop.CancelAsync();
    }
}
