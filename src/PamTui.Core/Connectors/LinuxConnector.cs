using System.Net;
using System.Net.Sockets;
using PamTui.Core.Certificates;
using PamTui.Core.Model;
using Renci.SshNet;

namespace PamTui.Core.Connectors;

/// <summary>Linux servers by SSH.NET: an implementation that shares nothing with the gateway's own engine.</summary>
internal sealed class LinuxConnector(TimeSpan limit, CertificateSource certify) : IConnector
{
    public Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct) =>
        RunAsync(run, resource, login, (client, token) => SshProbe.RunAsync(run, Reach.Name(resource), client, token), ct);

    /// <param name="signedIn">What is done with the connection, which ends with it.</param>
    public async Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, Func<SshClient, CancellationToken, Task<CheckFailure?>> signedIn, CancellationToken ct)
    {
        SshCredential? credential = null;
        if (login is not null && login.Type != CredentialType.Certificate)
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

            (IPEndPoint? local, IPAddress? address, CheckFailure? unreachable) = await ConnectAsync(run, resource, addresses, ct).ConfigureAwait(false);
            if (unreachable is not null)
            {
                return unreachable;
            }

            if (login is { Type: CredentialType.Certificate })
            {
                Result<CertifiedKey> certified = await certify(resource, login.Username, local!.Address, ct).ConfigureAwait(false);
                if (certified.Refusal is { } no)
                {
                    return run.FailAt(CheckStage.SignIn, CheckCause.NoAuthority, no.Message);
                }

                credential = SshCredential.Of(certified.Value);
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

    /// <summary>Both ends of a connection that is closed again: a certificate names this one.</summary>
    private static async Task<(IPEndPoint? Local, IPAddress? Address, CheckFailure? Failure)> ConnectAsync(CheckRun run, Resource resource, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        (Socket? socket, CheckFailure? failure) = await Reach.OpenAsync(run, resource, addresses, ct).ConfigureAwait(false);
        using (socket)
        {
            return (socket?.LocalEndPoint as IPEndPoint, (socket?.RemoteEndPoint as IPEndPoint)?.Address, failure);
        }
    }
}
