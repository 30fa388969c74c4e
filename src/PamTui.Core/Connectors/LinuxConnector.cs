using System.Net;
using PamTui.Core.Model;
using Renci.SshNet;

namespace PamTui.Core.Connectors;

/// <summary>Linux servers by SSH.NET: an implementation that shares nothing with the gateway's own engine.</summary>
internal sealed class LinuxConnector(TimeSpan limit) : IConnector
{
    public Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct) =>
        RunAsync(run, resource, login, (client, token) => SshProbe.RunAsync(run, Reach.Name(resource), client, token), ct);

    /// <param name="signedIn">What is done with the connection, which ends with it.</param>
    public async Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, Func<SshClient, CancellationToken, Task<CheckFailure?>> signedIn, CancellationToken ct)
    {
        SshCredential? credential = null;
        if (login is not null)
        {
            (credential, CheckFailure? unreadable) = SshCredential.Open(run, login);
            if (unreadable is not null)
            {
                return unreadable;
            }
        }

        try
        {
            (IReadOnlyList<IPAddress> addresses, CheckFailure? unknown) = await Reach.ResolveAsync(run, resource, ct).ConfigureAwait(false);
            if (unknown is not null)
            {
                return unknown;
            }

            (IPAddress? address, CheckFailure? unreachable) = await Reach.ConnectAsync(run, resource, addresses, ct).ConfigureAwait(false);
            if (unreachable is not null)
            {
                return unreachable;
            }

            run.Enter(CheckStage.Identity);
            SshCheck check = new(run, resource, address!, login?.Username, credential, signedIn, limit);
            credential = null;
            return await check.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            credential?.Dispose();
        }
    }
}
