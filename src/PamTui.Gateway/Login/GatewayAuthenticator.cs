using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Listener;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Login;

/// <summary>
/// Sign-in of one connection. The identity is whom the store knows by the key that signed, or by the password that was right, never what was
/// offered (B4, B5). A login that is none, an unknown and a disabled user get the same methods, words and time as a wrong key (B13).
/// </summary>
internal sealed class GatewayAuthenticator(
    SignIns signIns,
    FailureThrottle throttle,
    IPEndPoint peer,
    GatewayOptions options,
    KeyTrust trust,
    TimeProvider time,
    ILogger log) : IServerAuthenticator
{
    // No user can have this name, so looking it up costs what looking up an unknown one does.
    private const string Nobody = "-";

    private static readonly string[] s_withPassword = ["publickey", "password"];
    private static readonly string[] s_keysOnly = ["publickey"];

    private readonly SourceKey _source = SourceKey.Of(peer.Address);

    private string? _refusedOffer;

    /// <summary>Set by success alone.</summary>
    public User? User { get; private set; }

    /// <summary>Something was tried and refused.</summary>
    public bool HasFailed { get; private set; }

    private string Source => peer.Address.ToString();

    public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<string>>(options.PasswordSignIn ? s_withPassword : s_keysOnly);

    public async ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct)
    {
        Log.KeyOffered(log, Text.Quote(user), key.Fingerprint, peer.ToString());
        if (await FindAsync(user, key, ct).ConfigureAwait(false) is not null)
        {
            return true;
        }

        HasFailed = true;
        _refusedOffer = user;
        return false;
    }

    /// <summary>
    /// The connection ends without a sign-in. Refused offers count once, and only now: a client with several keys offers them all before the
    /// right one.
    /// </summary>
    public void GaveUp()
    {
        if (_refusedOffer is { } login)
        {
            signIns.Failed(NameOf(login), Source);
            Log.SignInFailed(log, Text.Quote(login), "publickey", peer.ToString());
        }
    }

    public async ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct) =>
        await ConcludeAsync(user, await FindAsync(user, key, ct).ConfigureAwait(false), "publickey " + key.Fingerprint, ct).ConfigureAwait(false);

    public async ValueTask<bool> OfferCertificateAsync(string user, SshCertificate certificate, CancellationToken ct)
    {
        Log.KeyOffered(log, Text.Quote(user), WordsOf(certificate), peer.ToString());
        if (await FindAsync(user, certificate, ct).ConfigureAwait(false) is not null)
        {
            return true;
        }

        HasFailed = true;
        _refusedOffer = user;
        return false;
    }

    public async ValueTask<AuthVerdict> CertificateProvenAsync(string user, SshCertificate certificate, CancellationToken ct) =>
        await ConcludeAsync(user, await FindAsync(user, certificate, ct).ConfigureAwait(false), WordsOf(certificate), ct).ConfigureAwait(false);

    /// <summary>For the log and the audit: which certificate, and whose.</summary>
    public static string WordsOf(SshCertificate certificate) => string.Create(
        CultureInfo.InvariantCulture,
        $"certificate {Text.Quote(certificate.KeyId)} serial {certificate.Serial} of CA {certificate.Authority.Fingerprint} for {certificate.Key.Fingerprint}");

    public async ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct)
    {
        if (!options.PasswordSignIn || utf8Password.Length > Secret.MaxBytes)
        {
            return AuthVerdict.Failure;
        }

        string name = NameOf(user);
        TimeSpan delay = throttle.DelayOf(name, _source);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, time, ct).ConfigureAwait(false);
        }

        using Secret password = Secret.From(utf8Password.Span);
        User? found = await signIns.VerifyPasswordAsync(name, password, ct).ConfigureAwait(false);
        if (found is null)
        {
            throttle.Failed(name, _source);
        }
        else
        {
            throttle.Succeeded(name);
        }

        return await ConcludeAsync(user, found, "password", ct).ConfigureAwait(false);
    }

    public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) =>
        ValueTask.FromResult<InteractiveStep>(new InteractiveStep.Verdict(AuthVerdict.Failure));

    private static string NameOf(string login) => LoginName.Parse(login)?.User ?? Nobody;

    private async ValueTask<User?> FindAsync(string login, SshPublicKey key, CancellationToken ct) =>
        await signIns.FindUserByKeyAsync(NameOf(login), key.Blob, ct).ConfigureAwait(false) is { } found && !IsRevoked(login, key) ? found : null;

    /// <summary>The user is the one the login names; the certificate must name that user too, for here and now. Revoked beats trusted (B19).</summary>
    private async ValueTask<User?> FindAsync(string login, SshCertificate certificate, CancellationToken ct)
    {
        string name = NameOf(login);
        string? why = CertificateCheck.WhyRefused(certificate, new CertificateTerms(
            CertificateKind.User, name, trust.IsUserAuthority, LegOptions.OfUser(options, time, log).Algorithms.UserKeySignatures, time.GetUtcNow(), peer.Address));
        if (why is not null)
        {
            Log.CertificateRefused(log, Text.Quote(login), WordsOf(certificate), why, peer.ToString());
        }

        User? found = await signIns.FindUserAsync(name, ct).ConfigureAwait(false);
        return why is null && !IsRevoked(login, certificate.Key) ? found : null;
    }

    private bool IsRevoked(string login, SshPublicKey key)
    {
        bool revoked = trust.IsRevoked(key);
        if (revoked)
        {
            Log.KeyRevoked(log, Text.Quote(login), key.Fingerprint, peer.ToString());
        }

        return revoked;
    }

    private async ValueTask<AuthVerdict> ConcludeAsync(string login, User? found, string method, CancellationToken ct)
    {
        if (found is not { Disabled: false })
        {
            HasFailed = true;
            signIns.Failed(NameOf(login), Source);
            Log.SignInFailed(log, Text.Quote(login), method, peer.ToString());
            return AuthVerdict.Failure;
        }

        await signIns.SucceededAsync(found, Source, method, ct).ConfigureAwait(false);
        User = found;
        return AuthVerdict.Success;
    }
}
