using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Console;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Jump;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;

namespace PamTui.Gateway.Listener;

/// <summary>One connection from its first byte to its last: handshake, sign-in, and then what the login asks for.</summary>
internal sealed class GatewayConnection(GatewayServices services, GatewayOptions options, ListenerKeys keys, IPEndPoint peer, Admission.Ticket ticket)
{
    private readonly ILogger _log = services.Log;

    /// <summary>Never throws: whatever happens here is the end of this connection and of nothing else.</summary>
    public async Task RunAsync(Socket socket, CancellationToken stop)
    {
        Penalty penalty = Penalty.None;
        try
        {
            penalty = await ServeAsync(socket, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or IOException or SocketException or OperationCanceledException)
        {
            // Said where it mattered; the end of a connection that is over.
        }
#pragma warning disable CA1031 // The gateway's own fault with one connection must not end the others.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.ConnectionFault(_log, fault, peer.ToString());
        }
        finally
        {
            socket.Dispose();
            if (ticket.Penalise(penalty))
            {
                Log.Penalised(_log, peer.Address.ToString());
            }

            ticket.Dispose();
        }
    }

    private async Task<Penalty> ServeAsync(Socket socket, CancellationToken stop)
    {
        GatewayAuthenticator authenticator = new(services.SignIns, services.Throttle, peer, options, keys.Trust, services.Time, _log);
        // One token for everything before sign-in; its firing cancels and does nothing else, so there is no race to win (A16).
        using CancellationTokenSource grace = new(TimeSpan.FromSeconds(options.LoginGraceSeconds), services.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, grace.Token);
        SshTransport? transport = null;
        try
        {
            AuthenticatedUser signedIn;
            try
            {
                transport = await SshTransport.AcceptAsync(
                    new NetworkStream(socket, ownsSocket: true), keys.Leg(options, services.Time, _log), keys.Host.All, either.Token).ConfigureAwait(false);
                signedIn = await ServerAuthentication.RunAsync(
                    transport,
                    authenticator,
                    AuthOptions(),
                    either.Token).ConfigureAwait(false);
                either.Token.ThrowIfCancellationRequested();
            }
            catch (Exception e) when (e is SshException or IOException or SocketException or OperationCanceledException)
            {
                authenticator.GaveUp();
                return stop.IsCancellationRequested ? Penalty.None : NotSignedIn(e, grace.IsCancellationRequested, authenticator.HasFailed);
            }

            ticket.SignedIn();
            await SignedInAsync(transport, signedIn, authenticator.User ?? throw new InvalidOperationException("Signed in without a user."), stop).ConfigureAwait(false);
            return Penalty.None;
        }
        finally
        {
            if (transport is not null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private ServerAuthOptions AuthOptions() => new()
    {
        MaxAttempts = options.MaxAuthAttempts,
        Banner = options.Banner.Length > 0 ? options.Banner : null,
        SignatureAlgorithms = LegOptions.OfUser(options, services.Time, _log).Algorithms.UserKeySignatures,
        Certificates = keys.Trust.TakesCertificates,
        FailureDelayFloor = FailureFloor.Length,
    };

    private Penalty NotSignedIn(Exception why, bool expired, bool failed)
    {
        Log.EndedBeforeSignIn(_log, peer.ToString(), expired ? "the time for signing in ran out" : Text.Escape(why.Message));
        return expired ? Penalty.GraceExceeded : failed ? Penalty.SignInFailed : Penalty.NoSignIn;
    }

    private async Task SignedInAsync(SshTransport transport, AuthenticatedUser signedIn, User user, CancellationToken stop)
    {
        Log.SignedIn(_log, user.Name, WordsOf(signedIn), peer.ToString());
        SessionRights rights = SessionRights.Of(signedIn.Certificate);
        LoginName login = LoginName.Parse(signedIn.UserName) ?? throw new InvalidOperationException("Signed in without a login name.");
        RefusedForwards refused = new(services.ForwardRows, user, peer.Address.ToString(), _log);
        if (login.Account is null)
        {
            Func<CancellationToken, Task<User?>> readUser = ct => ReadUserAsync(user, ct);
            JumpHost jump = new(services, options, keys, rights, refused, user, peer.Address.ToString(), readUser, stop);
            ConsoleConnection console = new(
                transport, peer.Address.ToString(), readUser, services.Audit.MovesAsync, services.Console, services.Bridge, jump, refused, rights, options, services.Time, _log);
            await console.RunAsync(stop).ConfigureAwait(false);
            return;
        }

        long asked = services.Time.GetTimestamp();
        LoginTarget target = await services.Authorizer.ResolveAsync(user.Id, login.Account, login.Resource, stop).ConfigureAwait(false);
        if (target is not LoginTarget.Found { Grant: var grant })
        {
            string why = WhyNone(login, target);
            Log.NoTarget(_log, user.Name, peer.ToString(), login.ToString(), why);
            await FailureFloor.WaitAsync(asked, services.Time, stop).ConfigureAwait(false);
            await RefusedConnection.RunAsync(transport, why, services.Time, stop).ConfigureAwait(false);
            return;
        }

        if (DatabasePrompt.Serves(grant.What.Kind))
        {
            await PromptAsync(transport, grant, refused, rights, stop).ConfigureAwait(false);
            return;
        }

        BrokeredConnection brokered = new(services.Broker, services.Authorizer, refused, rights, options, services.Time, _log);
        await brokered.RunAsync(transport, grant, peer.Address.ToString(), stop).ConfigureAwait(false);
    }

    private async Task PromptAsync(SshTransport transport, AccessGrant grant, RefusedForwards refused, SessionRights rights, CancellationToken stop)
    {
        ConsoleConnection connection = new(
            transport,
            peer.Address.ToString(),
            ct => ReadUserAsync(grant.Who, ct),
            services.Audit.MovesAsync,
            async (visit, ct) => new ConsoleOutcome.Done(
                await services.Prompt.RunAsync(grant, visit.Source, visit.Terminal, visit.Command, visit.Input, visit.Output, visit.Error, ct).ConfigureAwait(false)),
            services.Bridge,
            jump: null,
            refused,
            rights,
            options,
            services.Time,
            _log);
        await connection.RunAsync(stop).ConfigureAwait(false);
    }

    private static string WordsOf(AuthenticatedUser signedIn) => signedIn.Certificate is { } certificate ? GatewayAuthenticator.WordsOf(certificate)
        : signedIn.Key is { } key ? signedIn.Method + " " + key.Fingerprint
        : signedIn.Method;

    /// <summary>An account that is not there and one that is not this user's are told in the same words.</summary>
    private static string WhyNone(LoginName login, LoginTarget target) => target is LoginTarget.Ambiguous { Candidates: var accounts }
        ? $"'{login.Account}' is an account of several resources; name one: {string.Join(", ", accounts.Select(account => $"{login.User}@{account.Account}@{account.Resource}"))}"
        : $"there is no account '{login.Account}'{(login.Resource is null ? "" : $" on '{login.Resource}'")} that you may use.";

    private async Task<User?> ReadUserAsync(User user, CancellationToken ct) =>
        await services.Users.FindAsync(Actor.System, user.Name, ct).ConfigureAwait(false) is { Refusal: null, Value: { Disabled: false } now } && now.Id == user.Id ? now : null;
}
