using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Core.Sessions;

namespace PamTui.Gateway.Databases;

/// <summary>
/// The target's leg of a database session: a connection, which its protocol makes a TLS one when the server agrees, and the credential until
/// the server has let it in. Disposing it closes both.
/// </summary>
internal sealed class DatabaseTarget : IAsyncDisposable
{
    private readonly TargetCredential _credential;

    /// <param name="socket">Connected. It and the credential belong to this from now on.</param>
    public DatabaseTarget(Socket socket, TargetCredential credential)
    {
        (_credential, EndPoint, Stream) = (credential, (IPEndPoint)socket.RemoteEndPoint!, new NetworkStream(socket, ownsSocket: true));
    }

    public Resource Resource => _credential.Resource;

    public string Username => _credential.Username;

    /// <summary>Not after <see cref="ForgetCredential"/>.</summary>
    public Secret Password => _credential.Main;

    /// <summary>The one address of the host's that has answered.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>In clear until <see cref="SecureAsync"/> has been asked for.</summary>
    public Stream Stream { get; private set; }

    /// <summary>TLS with a server that was verified: only to such a one may a password go in clear (D5).</summary>
    public bool IsVerified => Certificate is not null && Resource.TlsMode == TlsMode.Verify;

    /// <summary>What the server showed; null: no TLS.</summary>
    public X509Certificate2? Certificate { get; private set; }

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

    /// <summary>The server has answered: the password is needed no more.</summary>
    public void ForgetCredential() => _credential.Dispose();

    public async ValueTask DisposeAsync()
    {
        _credential.Dispose();
        await Stream.DisposeAsync().ConfigureAwait(false);
        Certificate?.Dispose();
    }
}
