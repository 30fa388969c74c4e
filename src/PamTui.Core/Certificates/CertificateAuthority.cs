using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Certificates;

/// <summary>
/// The gateway's own SSH CA: the only code that sees its private keys. They stay inside one transaction; every certificate has an audit
/// row that is committed before anybody gets it.
/// </summary>
internal sealed class CertificateAuthority(SecretStore secrets, AuditWriter audit, RandomNumberGenerator random, TimeProvider time)
{
    public const string OwnerKind = "ssh-ca";

    private const string PrivateKey = "privateKey";

    // The target's clock may be behind by as much.
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    // It is shown once, right away; a session that is open then goes on.
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5);

    /// <summary>Where the private half of a key lies sealed.</summary>
    public static SecretBinding Binding(long id) => new(OwnerKind, id, PrivateKey, 1);

    /// <summary>A new key of the CA.</summary>
    public async Task<SshAuthority> MakeAsync(Tx tx, AuthorityState state)
    {
        using SigningKey key = SigningKey.Generate(random);
        byte[] blob = key.PublicBlob();
        string fingerprint = SigningKey.FingerprintOf(blob);
        long id = await AuthorityRows.InsertAsync(tx, blob, fingerprint, state, time.GetUtcNow()).ConfigureAwait(false);
        await secrets.SealAsync(tx, Binding(id), key.Seed).ConfigureAwait(false);
        return (await AuthorityRows.FindAsync(tx, fingerprint).ConfigureAwait(false))!;
    }

    /// <summary>Destroys the private half.</summary>
    public static Task ForgetAsync(Tx tx, SshAuthority authority) => SecretRows.DeleteAsync(tx, OwnerKind, authority.Id);

    /// <summary>Signs with the current key.</summary>
    /// <returns>The certificate as SSH sends it; a refusal when there is no CA yet.</returns>
    public async Task<Result<byte[]>> IssueAsync(Tx tx, Actor actor, CertificateRequest request) =>
        await AuthorityRows.InStateAsync(tx, AuthorityState.Current).ConfigureAwait(false) is { } authority
            ? await SignAsync(tx, actor, request, authority).ConfigureAwait(false)
            : Refusal.Failed("The gateway has no SSH CA yet: `pamtui resource trust-ca RESOURCE` makes it and says how the target comes to trust it.");

    /// <summary>A key of its own for a check of an account; whose check it was says the check's own row.</summary>
    /// <param name="fingerprint">Of the CA's key that is to sign; null: the current one.</param>
    public async Task<Result<CertifiedKey>> IssueForCheckAsync(Tx tx, Resource resource, string username, IPAddress local, string? fingerprint)
    {
        SigningKey key = SigningKey.Generate(random);
        try
        {
            CertificateRequest request = new(
                key.PublicBlob(), $"pamtui check={resource.Name} username={Text.Escape(username)}", username, resource.SourceAddress ?? SourceAddresses.Only(local), resource.Name);
            Result<byte[]> issued = fingerprint is null
                ? await IssueAsync(tx, Actor.System, request).ConfigureAwait(false)
                : await AuthorityRows.FindAsync(tx, fingerprint).ConfigureAwait(false) is { IsTrusted: true } chosen
                    ? await SignAsync(tx, Actor.System, request, chosen).ConfigureAwait(false)
                    : Refusal.Failed($"The SSH CA's key {fingerprint} is retired.");
            if (issued.Refusal is { } no)
            {
                key.Dispose();
                return no;
            }

            return new CertifiedKey(key, issued.Value);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private async Task<Result<byte[]>> SignAsync(Tx tx, Actor actor, CertificateRequest request, SshAuthority authority)
    {
        if (SigningKey.ReadPublicBlob(request.PublicKey.Span) is not { } publicKey)
        {
            throw new ArgumentException("Only Ed25519 keys are certified.", nameof(request));
        }

        DateTimeOffset now = time.GetUtcNow();
        byte[] serialAndNonce = new byte[sizeof(ulong) + UserCertificate.NonceBytes];
        random.GetBytes(serialAndNonce);
        UserCertificate certificate = new(
            publicKey,
            BinaryPrimitives.ReadUInt64BigEndian(serialAndNonce),
            request.KeyId,
            request.Username,
            now - s_skew,
            now + s_life,
            request.From.Networks);
        Secret seed = await secrets.OpenAsync(tx, Binding(authority.Id)).ConfigureAwait(false)
            ?? throw new VaultException("The private key of the SSH CA is missing from the vault: make a new one with `pamtui ca rotate`.");
        using SigningKey key = SigningKey.From(seed);
        if (SigningKey.FingerprintOf(key.PublicBlob()) != authority.Fingerprint)
        {
            throw new VaultException("The public key of the SSH CA was changed outside the vault: restore it from a backup.");
        }

        string details = AuditDetails.Of(
            ("id", certificate.KeyId),
            ("serial", certificate.Serial.ToString(CultureInfo.InvariantCulture)),
            ("principal", certificate.Principal),
            ("key", SigningKey.FingerprintOf(request.PublicKey.Span)),
            ("from", request.From.Text),
            ("until", certificate.ValidBefore.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("ca", authority.Fingerprint));
        await audit.AppendAsync(tx, actor, "ca.sign", request.Target, details).ConfigureAwait(false);
        return certificate.Sign(key, serialAndNonce.AsSpan(sizeof(ulong)));
    }
}
