using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Console;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases;

/// <summary>
/// The prompt for an account of a database, joined to the relay as any client is, and to nothing else: it has the permission, the limits, the
/// log and the end of every other way in (B8).
/// </summary>
internal sealed class DatabasePrompt(DatabaseHost host, Authorizer authorizer, PromptFace face, TimeProvider time, ILogger log)
{
    /// <summary>For a connection whose client has left to end in its own words.</summary>
    private static readonly TimeSpan s_ends = TimeSpan.FromSeconds(2);

    public static bool Serves(ResourceKind kind) => kind != ResourceKind.Linux;

    /// <summary>Runs to the end of the prompt; none of its connections is left then.</summary>
    /// <param name="source">The user's address.</param>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(
        AccessGrant grant, string source, ConsoleTerminal? terminal, string? command, Stream input, Stream output, Stream error, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        ConcurrentBag<Task> legs = [];
        PromptVisit visit = new(grant.What.Kind, grant.What.Reference, DialAsync, terminal, command, input, output, error);
        try
        {
            return await face(visit, ct).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(legs).WaitAsync(s_ends, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(legs).ConfigureAwait(false);
        }

        // What was permitted when the prompt began may not be now.
        async Task<Stream> DialAsync(CancellationToken dialling)
        {
            AccessGrant now = await authorizer.AuthorizeAsync(grant.Who.Id, grant.What.Reference, Capability.Connect, dialling).ConfigureAwait(false)
                ?? throw new IOException($"{grant.What.Reference}: there is no such account, or you may not use it.");
            (Stream ours, Stream theirs) = DuplexPipe.Make();
            legs.Add(ServeAsync(theirs, now, source, stop.Token));
            return ours;
        }
    }

    private async Task ServeAsync(Stream client, AccessGrant grant, string source, CancellationToken ct)
    {
        await Task.Yield(); // Whoever dials goes on.
        try
        {
            await host.RunAsync(client, grant, source, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or IOException or SocketException or OperationCanceledException)
        {
            // Said where it mattered; the end of a connection that is over.
        }
#pragma warning disable CA1031 // The gateway's own fault with one connection must not end the others.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.ConnectionFault(log, fault, source);
        }
        finally
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
