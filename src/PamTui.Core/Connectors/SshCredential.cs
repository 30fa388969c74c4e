using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Certificates;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace PamTui.Core.Connectors;

/// <summary>A credential as SSH.NET takes it. Has its own copy of the secret, because a connection that is being torn down may outlive the check.</summary>
internal sealed class SshCredential : IDisposable
{
    private readonly Secret _main;
    private readonly IPrivateKeySource? _key;
    private readonly IDisposable? _owned;

    private SshCredential(Secret main, IPrivateKeySource? key, IDisposable? owned)
    {
        _main = main;
        _key = key;
        _owned = owned;
    }

    public bool IsKey => _key is not null;

    public bool IsCertificate { get; private init; }

    /// <summary>Takes the key over.</summary>
    public static SshCredential Of(CertifiedKey certified)
    {
        using (certified)
        {
            byte[] pair = new byte[SigningKey.SeedBytes + SigningKey.PublicBytes];
            certified.Key.Seed.Bytes.CopyTo(pair);
            certified.Key.Public.CopyTo(pair.AsSpan(SigningKey.SeedBytes));
            try
            {
                ED25519Key key = new(pair);
                return new SshCredential(Secret.From([]), new CertifiedSource(key, certified.Certificate), key) { IsCertificate = true };
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pair);
            }
        }
    }

    /// <summary>Reads the key, if it is one: what is wrong with it needs no target to be found out.</summary>
    public static (SshCredential? Credential, CheckFailure? Failure) Open(CheckRun run, Login login)
    {
        if (login.Type == CredentialType.Password)
        {
            return (new SshCredential(login.Main.Copy(), null, null), null);
        }

        if (PrivateKeyCost.WhyTooCostly(login.Main.Bytes) is { } tooCostly)
        {
            return (null, run.FailAt(CheckStage.SignIn, CheckCause.KeyUnreadable, tooCostly));
        }

        try
        {
            return (Of(login.Main, Read(login.Main, null)), null);
        }
        catch (Exception e) when (e is SshPassPhraseNullOrEmptyException || login.Main.Bytes.IndexOf("-----BEGIN ENCRYPTED PRIVATE KEY-----"u8) >= 0)
        {
            // It is a key, and encrypted; of PKCS#8 the library does not say so.
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return (null, run.FailAt(
                CheckStage.SignIn, CheckCause.KeyUnreadable, "The private key cannot be read: give an unbroken OpenSSH, PEM or PuTTY private key file."));
        }

        if (login.Passphrase is not { Length: > 0 })
        {
            return (null, run.FailAt(CheckStage.SignIn, CheckCause.KeyNeedsPassphrase, "The private key is encrypted: give its passphrase."));
        }

        try
        {
            return (Of(login.Main, Read(login.Main, login.Passphrase)), null);
        }
        catch (Exception e) when (IsUnreadable(e) || e is SshPassPhraseNullOrEmptyException)
        {
            return (null, run.FailAt(CheckStage.SignIn, CheckCause.KeyNeedsPassphrase, "The passphrase does not open the private key: give the right one."));
        }
    }

    /// <summary>The methods to try, the first that the server takes; never one of another kind (D5).</summary>
    public IEnumerable<AuthenticationMethod> Methods(string username, SshSignIn signIn)
    {
        if (_key is not null)
        {
            yield return signIn.Once(new PrivateKeyAuthenticationMethod(username, _key));
            yield break;
        }

        PasswordAuthenticationMethod password = new(username, _main.Bytes.ToArray());
        password.PasswordExpired += (_, _) => throw signIn.PasswordMustChange();
        yield return signIn.Once(password);

        KeyboardInteractiveAuthenticationMethod interactive = new(username);
        interactive.AuthenticationPrompt += (_, asked) => signIn.Answer(asked, _main);
        yield return signIn.Once(interactive);
    }

    public void Dispose()
    {
        _owned?.Dispose();
        _main.Dispose();
    }

    private static SshCredential Of(Secret main, PrivateKeyFile key) => new(main.Copy(), new KeySource(key), key);

    private static PrivateKeyFile Read(Secret main, Secret? passphrase)
    {
        byte[] file = main.Bytes.ToArray();
        try
        {
            using MemoryStream stream = new(file, writable: false);
            return new PrivateKeyFile(stream, passphrase?.RevealText());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    // Whatever the parser stumbles over in a file that is none, or decrypted to noise.
    private static bool IsUnreadable(Exception e) => e is not (OutOfMemoryException or SshPassPhraseNullOrEmptyException);

    /// <summary>The key without its SHA-1 signature: a server that takes only that one gets none.</summary>
    private sealed class KeySource(PrivateKeyFile key) : IPrivateKeySource
    {
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } =
            [.. key.HostKeyAlgorithms.Where(algorithm => algorithm.Name is not ("ssh-rsa" or "ssh-dss"))];
    }

    /// <summary>The certificate alone, never the plain key beside it.</summary>
    private sealed class CertifiedSource(ED25519Key key, byte[] certificate) : IPrivateKeySource
    {
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } =
            [new CertificateHostAlgorithm(UserCertificate.KeyType, key, new Certificate(certificate))];
    }
}
