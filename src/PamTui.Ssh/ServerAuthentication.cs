using PamTui.Ssh.Auth;

namespace PamTui.Ssh;

/// <summary>Sign-in on the server's side (RFC 4252).</summary>
public static class ServerAuthentication
{
    /// <summary>
    /// Serves requests until one succeeds. Right after the handshake and once for a connection; bound its time by <paramref name="ct"/>.
    /// <see cref="SshAuthenticationException"/> after too many failures, else as <see cref="SshTransport.ReceiveAsync"/>; in each case the
    /// client has been disconnected.
    /// </summary>
    public static async Task<AuthenticatedUser> RunAsync(
        SshTransport transport, IServerAuthenticator authenticator, ServerAuthOptions options, CancellationToken ct)
    {
        try
        {
            return await new ServerSignIn(transport, authenticator, options).RunAsync(ct).ConfigureAwait(false);
        }
        catch (SshProtocolException e)
        {
            await transport.DisconnectAsync(e.Reason, Transport.Disconnect.TextFor(e.Reason)).ConfigureAwait(false);
            throw;
        }
        catch (SshAuthenticationException)
        {
            const DisconnectReason Reason = DisconnectReason.NoMoreAuthMethodsAvailable;
            await transport.DisconnectAsync(Reason, Transport.Disconnect.TextFor(Reason)).ConfigureAwait(false);
            throw;
        }
    }
}
