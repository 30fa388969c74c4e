using System.Net;
using System.Net.Sockets;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace PamTui.Core.Connectors;

/// <summary>Host key, sign-in, and what is done then: over one connection that gets as far as the host key. Owns the credential.</summary>
internal sealed class SshCheck(CheckRun run, Resource resource, IPAddress address, string? username, SshCredential? credential, Func<SshClient, CancellationToken, Task<CheckFailure?>> signedIn, TimeSpan limit)
{
    private readonly SshSignIn _signIn = new();
    private CheckFailure? _untrusted;
    private bool _identified;
    private bool _shown;

    private string Target => Reach.Name(resource);

    public async Task<CheckFailure?> RunAsync(CancellationToken ct)
    {
        using (credential)
        {
            // Without a credential the sign-in is never reached: the key exchange is broken off at the host key.
            AuthenticationMethod[] methods = credential is null
                ? [new NoneAuthenticationMethod("nobody")]
                : [.. credential.Methods(username!, _signIn)];
            try
            {
                return await ConnectAsync(methods, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SshException or SocketException or IOException or ProxyException or InvalidOperationException or ArgumentException or NotSupportedException)
            {
                ct.ThrowIfCancellationRequested();
                return _untrusted ?? (credential is null && _shown ? null : Failure(e));
            }
            finally
            {
                foreach (AuthenticationMethod method in methods)
                {
                    method.Dispose();
                }
            }
        }
    }

    private async Task<CheckFailure?> ConnectAsync(AuthenticationMethod[] methods, CancellationToken ct)
    {
        bool certificates = resource.HostAuthorities.Count > 0;
        try
        {
            return await ConnectAsync(methods, certificates, ct).ConfigureAwait(false);
        }
        catch (SshConnectionException e) when (certificates && !_shown && e.DisconnectReason == DisconnectReason.KeyExchangeFailed)
        {
            // The library ends the key exchange by itself over a certificate that is not valid now, and nobody has seen its key. Asked for
            // plain keys alone the target shows that, which may be pinned.
            return await ConnectAsync(methods, certificates: false, ct).ConfigureAwait(false);
        }
    }

    private async Task<CheckFailure?> ConnectAsync(AuthenticationMethod[] methods, bool certificates, CancellationToken ct)
    {
        ConnectionInfo connection = new(address.ToString(), resource.Port, username ?? "nobody", methods)
        {
            Timeout = limit,
            ChannelCloseTimeout = TimeSpan.FromSeconds(1),
            RetryAttempts = 1,
        };
        SshAlgorithms.Offer(connection, resource.HostKeys, certificates);
        connection.AuthenticationBanner += (_, banner) => _signIn.Heard(banner.BannerMessage);
        using SshClient client = new(connection);
        client.ServerIdentificationReceived += (_, _) => _identified = true;
        client.HostKeyReceived += JudgeHostKey;
        await client.ConnectAsync(ct).ConfigureAwait(false);
        run.Enter(CheckStage.Probe);
        return await signedIn(client, ct).ConfigureAwait(false);
    }

    private void JudgeHostKey(object? sender, HostKeyEventArgs shown)
    {
        SeenHostKey key = HostKeyTrust.Describe(HostCertificateTrust.PlainKey(shown.HostKey));
        run.Saw(key);
        _shown = true;

        // Also for a second key exchange on the same connection; the first "no" stays.
        _untrusted ??= HostKeyTrust.WhyNot(run, resource, key, shown.Certificate, run.Now);
        shown.CanTrust = _untrusted is null && credential is not null;
        if (shown.CanTrust)
        {
            run.Enter(CheckStage.SignIn);
        }
    }

    private CheckFailure Failure(Exception e) => (run.Stage, e) switch
    {
        (_, SshOperationTimeoutException) => run.Fail(CheckCause.TimedOut, $"{Target} stopped answering: look at its log and its load."),
        (CheckStage.Identity, SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed }) => run.Fail(
            CheckCause.NotTheProtocol, $"{Target} speaks SSH, but only with algorithms that are not safe any more: update its sshd."),
        (CheckStage.Identity, SshConnectionException { DisconnectReason: DisconnectReason.ConnectionLost }) => run.Fail(
            CheckCause.ConnectionLost, $"{Target} closed the connection before it said anything: it may be overloaded, or refuse this machine."),
        (CheckStage.Identity, _) when !_identified => run.Fail(
            CheckCause.NotTheProtocol, $"What answers on {Target} is not SSH: check the port."),
        (CheckStage.SignIn, SshAuthenticationException) => Refused(),
        (CheckStage.SignIn, _) => CutOff(),
        _ => run.Fail(CheckCause.ConnectionLost, $"{Target} broke the connection off: look at the target's log."),
    };

    private CheckFailure Refused()
    {
        string kind = credential!.IsCertificate ? "a certificate" : credential.IsKey ? "a key" : "a password";
        return LoginWords.CauseOf(_signIn.Words) switch
        {
            _ when _signIn.MustChange => PasswordExpired(run, Target),
            _ when _signIn.WantsMore => run.Fail(
                CheckCause.NotPermitted, $"{Target} asks for more than {kind} (a second factor?): it says {run.Said(_signIn.Words)}."),
            _ when !_signIn.Tried => run.Fail(
                CheckCause.NotPermitted, $"{Target} does not take {kind} from this user: use another kind of credential, or change the server's settings."),
            CheckCause.AccountLocked => run.Fail(CheckCause.AccountLocked, $"The account is locked on {Target}: it says {run.Said(_signIn.Words)}."),
            CheckCause.AccountExpired => Expired(),
            CheckCause.PasswordExpired => PasswordExpired(run, Target),
            _ when credential.IsCertificate => run.Fail(
                CheckCause.KeyNotAccepted,
                $"{Target} does not accept the gateway's certificate: let it trust the gateway's SSH CA (`pamtui resource trust-ca {resource.Name}`); the user must exist there, and its clock be right."),
            _ when credential.IsKey => run.Fail(
                CheckCause.KeyNotAccepted, $"{Target} does not accept the key: put its public half into the user's authorized_keys there."),
            _ => run.Fail(CheckCause.WrongPassword, $"{Target} does not accept the password: give the right one (a locked account answers the same)."),
        };
    }

    // sshd says why in a banner, then hangs up.
    private CheckFailure CutOff() => LoginWords.CauseOf(_signIn.Words) switch
    {
        CheckCause.AccountExpired => Expired(),
        CheckCause.AccountLocked => run.Fail(CheckCause.AccountLocked, $"The account is locked on {Target}: it says {run.Said(_signIn.Words)}."),
        CheckCause.PasswordExpired => PasswordExpired(run, Target),
        _ when _signIn.Words.Length > 0 => run.Fail(CheckCause.NotPermitted, $"{Target} does not let this user in: it says {run.Said(_signIn.Words)}."),
        _ => run.Fail(CheckCause.ConnectionLost, $"{Target} broke the connection off during the sign-in: look at the target's log."),
    };

    private CheckFailure Expired() => run.Fail(CheckCause.AccountExpired, $"The account has expired on {Target}: set a new date there (chage -E).");

    internal static CheckFailure PasswordExpired(CheckRun run, string target) => run.Fail(
        CheckCause.PasswordExpired, $"The password has expired on {target} and must be changed there first: then give the new one.");
}
