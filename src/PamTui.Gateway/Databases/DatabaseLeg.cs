using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases;

/// <summary>A connection to a database server, which its protocol makes a TLS one when the server agrees. Disposing it closes it.</summary>
internal sealed class DatabaseLeg : IAsyncDisposable
{
    private readonly NetworkStream _network;

    /// <param name="socket">Connected. It belongs to this from now on.</param>
    public DatabaseLeg(Socket socket, Resource resource)
    {
        (Resource, EndPoint, _network) = (resource, (IPEndPoint)socket.RemoteEndPoint!, new NetworkStream(socket, ownsSocket: true));
        Stream = _network;
    }

    /// <summary>A second one, to the very server of a first.</summary>
    public static async Task<DatabaseLeg> DialAsync(Resource resource, IPEndPoint endPoint, CancellationToken ct)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, ct).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new DatabaseLeg(socket, resource);
    }

    public Resource Resource { get; }

    /// <summary>The one address of the host's that has answered.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>In clear until <see cref="SecureAsync"/> has been asked for.</summary>
    public Stream Stream { get; private set; }

    /// <summary>What the server showed; null: no TLS.</summary>
    public X509Certificate2? Certificate { get; private set; }

    /// <summary>From now on what reads here does nothing that blocks.</summary>
    public void RunInline() => InlineCompletions.Prefer(_network, true);

    /// <summary>TLS, to be called where the protocol says so; the certificate is judged before anything else is sent (G8).</summary>
    /// <returns>Null: it stands. Else why not, as the end of "cannot be opened: ".</returns>
    public async Task<string?> SecureAsync(CancellationToken ct)
    {
        string? why = null;
        SslStream tls = new(Stream, leaveInnerStreamOpen: false);
        Stream = tls;
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = Resource.Host,
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                why = TlsIdentity.WhyRefused(Resource, certificate, chain, errors);
                Certificate = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                return why is null;
            },
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options, ct).ConfigureAwait(false);
            return null;
        }
        catch (AuthenticationException) when (why is not null)
        {
            return $"its certificate is not trusted: {why}. Nothing was sent; an operator must find out why before anything is changed.";
        }
        catch (AuthenticationException)
        {
            return "TLS with it failed; an operator should see its TLS settings, and that the port is the database's.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        Certificate?.Dispose();
    }
}
