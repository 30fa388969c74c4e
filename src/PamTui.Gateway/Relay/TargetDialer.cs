using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Gateway.Jump;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Relay;

/// <summary>
/// Opens the target's leg: connect, host key, sign in with the stored credential. What fails is told in one sentence that says what an
/// operator must do; the detail goes to the log. The credential is in clear only in here.
/// </summary>
internal sealed class TargetDialer(Sessions sessions, Func<GatewayOptions> optionsNow, TimeProvider time, ILogger log)
{
    /// <param name="source">The user's address.</param>
    public async Task<Result<DialledTarget>> DialAsync(AccessGrant grant, string source, CancellationToken ct)
    {
        string account = grant.What.Reference.ToString();
        Dial dial = new(account, grant.Who.Name, optionsNow());
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(dial.Options.TargetTimeoutSeconds), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        SshTransport? transport = null;
        try
        {
            Result<TargetCredential> opened = await sessions.OpenCredentialAsync(grant, either.Token).ConfigureAwait(false);
            if (opened.Refusal is { } refused)
            {
                return refused;
            }

            using TargetCredential credential = opened.Value;
            if (WhyNotDialled(credential.Resource, grant.What.Reference) is { } why)
            {
                return Refused(dial, why, "not dialled");
            }

            transport = await ConnectAsync(credential.Resource, dial, either.Token).ConfigureAwait(false);
            Result<long?> session = credential.Type == CredentialType.Certificate
                ? await SignInByCertificateAsync(transport, grant, source, credential, dial, either.Token).ConfigureAwait(false)
                : await SignInAsync(transport, credential, dial, either.Token).ConfigureAwait(false) is { } refusal ? refusal : (long?)null;
            if (session.Refusal is { } notLetIn)
            {
                return notLetIn;
            }

            SshTransport signedIn = transport;
            transport = null;
            return new DialledTarget(signedIn, credential.Resource, session.Value);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Refused(dial, DialWords.Silent(dial.Options.TargetTimeoutSeconds), "timeout");
        }
        catch (SocketException e)
        {
            return Refused(dial, DialWords.Of(e.SocketErrorCode, "SSH"), e.SocketErrorCode.ToString());
        }
        catch (SshAuthenticationException) when (dial.Shown is { } shown)
        {
            return Refused(dial, $"the host key it shows is not the one that is pinned, so nothing was sent to it; an operator must find out why before pinning the new one (`pamtui resource host-key`).", shown.Fingerprint);
        }
        catch (SshKeyFileException e)
        {
            return Refused(dial, "the stored private key cannot be used; an operator must store it again (`pamtui account edit`).", e.Reason.ToString());
        }
        catch (SshException e)
        {
            return Refused(dial, "it ended the connection, or speaks no SSH that this gateway does; an operator should see its log.", e.Message);
        }
        catch (IOException e)
        {
            return Refused(dial, DialWords.Lost, e.Message);
        }
        finally
        {
            if (transport is not null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static string? WhyNotDialled(Resource resource, AccountRef account)
    {
        if (resource.Kind != ResourceKind.Linux)
        {
            return $"it is a {Words.Of(resource.Kind)} account, which has no shell; forward a port to it (`ssh -N -L {resource.Port}:{JumpName.Format(account)}:{resource.Port} …`) and use a client of its own.";
        }

        // An empty list of pins is no permission to trust whoever answers (D3).
        return !resource.IsKnown
            ? $"no host key is pinned for {resource.Name}, so nothing is sent to it; an operator must accept one first (`pamtui resource host-key accept {resource.Name}`)."
            : null;
    }

    private async Task<SshTransport> ConnectAsync(Resource resource, Dial dial, CancellationToken ct)
    {
        Socket socket = await TargetSocket.ConnectAsync(resource, ct).ConfigureAwait(false);
        dial.Local = ((IPEndPoint)socket.LocalEndPoint!).Address;
        SshOptions leg = LegOptions.OfTarget(dial.Options, time, log);
        SshOptions ssh = leg with { Algorithms = leg.Algorithms with { HostKeys = HostKeyCheck.Ordered(leg.Algorithms.HostKeys, resource) } };
        return await SshTransport.ConnectAsync(
            new NetworkStream(socket, ownsSocket: true),
            ssh,
            (shown, _) =>
            {
                if (HostKeyCheck.WhyRefused(resource, shown, leg.Algorithms.UserKeySignatures, time.GetUtcNow()) is not { } why)
                {
                    return ValueTask.FromResult(true);
                }

                dial.Shown = shown.Key;
                Log.HostKeyDiffers(log, dial.Account, Text.Escape(resource.Host), resource.Port, shown.Key.KeyType, shown.Key.Fingerprint, why);
                return ValueTask.FromResult(false);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Exactly the stored kind of credential: a refused key is never followed by a password (D5).</summary>
    private async Task<Refusal?> SignInAsync(SshTransport transport, TargetCredential credential, Dial dial, CancellationToken ct)
    {
        using SshPrivateKey? key = credential.Type == CredentialType.PrivateKey
            ? SshPrivateKey.Parse(credential.Main.Bytes, credential.Passphrase is { } passphrase ? passphrase.Bytes : default)
            : null;
        byte[] password = key is null ? credential.Main.Bytes.ToArray() : [];
        try
        {
            ClientCredential shown = key is null ? new PasswordCredential(password) : new KeyCredential(key);
            return WhyNotLetIn(await ClientAuthentication.RunAsync(transport, credential.Username, shown, ct).ConfigureAwait(false), credential, dial);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>A key that is made here and never leaves, certified by the core for this session; its number is the answer.</summary>
    private async Task<Result<long?>> SignInByCertificateAsync(SshTransport transport, AccessGrant grant, string source, TargetCredential credential, Dial dial, CancellationToken ct)
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        Result<SessionCertificate> issued = await sessions.IssueCertificateAsync(grant, key.PublicKey.Blob, dial.Local!, source, ct).ConfigureAwait(false);
        if (issued.Refusal is { } no)
        {
            return no.Kind == RefusalKind.Failed ? Refused(dial, "its sign-in needs a certificate. " + no.Message, "no certificate") : no;
        }

        KeyCredential shown = new(key, SshCertificate.Parse(issued.Value.Blob.Span));
        return WhyNotLetIn(await ClientAuthentication.RunAsync(transport, credential.Username, shown, ct).ConfigureAwait(false), credential, dial) is { } refusal
            ? refusal
            : issued.Value.Session;
    }

    private Refusal? WhyNotLetIn(ClientAuthResult result, TargetCredential credential, Dial dial) => result switch
    {
        ClientAuthResult.Success => null,
        ClientAuthResult.PasswordExpired => Refused(dial, "the password of the account has expired there; an operator must set a new one on the target and in the vault (`pamtui account edit`).", "password expired"),
        _ when credential.Type == CredentialType.Certificate => Refused(
            dial,
            $"it did not accept the gateway's certificate; an operator must let it trust the gateway's SSH CA (`pamtui resource trust-ca {credential.Resource.Name}`) and check the account (`pamtui account check {dial.Account}`).",
            "refused"),
        _ => Refused(dial, $"it did not accept the stored {Words.Of(credential.Type)}; an operator must check it (`pamtui account check {dial.Account}`).", "refused"),
    };

    private Refusal Refused(Dial dial, string why, string detail)
    {
        Log.DialFailed(log, dial.User, dial.Account, why, Text.Escape(detail));
        return Refusal.Failed($"{dial.Account} cannot be opened: {why}");
    }

    private sealed class Dial(string account, string user, GatewayOptions options)
    {
        public string Account => account;

        public string User => user;

        public GatewayOptions Options => options;

        /// <summary>This end of the connection.</summary>
        public IPAddress? Local { get; set; }

        /// <summary>The host key that is not pinned.</summary>
        public SshPublicKey? Shown { get; set; }
    }
}
