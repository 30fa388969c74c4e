using System.Net;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>Linux servers by SSH.NET: an implementation that shares nothing with the gateway's own engine.</summary>
internal sealed class LinuxConnector(TimeSpan limit) : IConnector
{
    public async Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct)
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
            SshCheck check = new(run, resource, address!, login?.Username, credential, limit);
            credential = null;
            return await check.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            credential?.Dispose();
        }
    }
}
