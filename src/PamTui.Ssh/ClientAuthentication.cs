using PamTui.Ssh.Auth;

namespace PamTui.Ssh;

/// <summary>Sign-in on the client's side (RFC 4252).</summary>
public static class ClientAuthentication
{
    /// <summary>
    /// Tries the one credential, right after the handshake and once for a connection. A refusal is a result; the connection is of no more use
    /// then. Throws as <see cref="SshTransport.ReceiveAsync"/>.
    /// </summary>
    public static async Task<ClientAuthResult> RunAsync(SshTransport transport, string userName, ClientCredential credential, CancellationToken ct)
    {
        try
        {
            ClientSignIn signIn = new(transport, userName);
            return credential switch
            {
                KeyCredential key => await signIn.ByKeyAsync(key.Key, key.Certificate, ct).ConfigureAwait(false),
                PasswordCredential password => await signIn.ByPasswordAsync(password.Utf8Password, ct).ConfigureAwait(false),
                _ => throw new ArgumentException("There is no other credential.", nameof(credential)),
            };
        }
        catch (SshProtocolException e)
        {
            await transport.DisconnectAsync(e.Reason, Transport.Disconnect.TextFor(e.Reason)).ConfigureAwait(false);
            throw;
        }
    }
}
