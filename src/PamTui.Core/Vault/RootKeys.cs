using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>How the vault's row names its root key: the form and, for a passphrase, cost and salt.</summary>
/// <param name="Salt">Empty but for a passphrase.</param>
internal sealed record RootKeyRecipe(MasterKeyForm Form, Argon2Parameters Cost, byte[] Salt)
{
    private const int SaltBytes = 16;

    public static RootKeyRecipe New(MasterKeyForm form, Argon2Parameters cost) =>
        new(form, cost, form == MasterKeyForm.Passphrase ? RandomNumberGenerator.GetBytes(SaltBytes) : []);

    /// <exception cref="VaultException">The text is no recipe.</exception>
    public static RootKeyRecipe Parse(string text)
    {
        string[] parts = text.Split(' ');
        return parts switch
        {
            ["file"] => new(MasterKeyForm.File, Argon2Parameters.Passphrase, []),
            ["credential"] => new(MasterKeyForm.Credential, Argon2Parameters.Passphrase, []),
            ["argon2id", var cost, var salt] when Argon2Parameters.Parse(cost) is { } parameters && Salted(salt) is { } bytes =>
                new(MasterKeyForm.Passphrase, parameters, bytes),
            _ => throw new VaultException("The vault does not say how its master key is kept: restore it from a backup."),
        };
    }

    public override string ToString() => Form switch
    {
        MasterKeyForm.File => "file",
        MasterKeyForm.Credential => "credential",
        _ => $"argon2id {Cost} {Convert.ToBase64String(Salt)}",
    };

    private static byte[]? Salted(string text)
    {
        byte[] salt = new byte[SaltBytes];
        return Convert.TryFromBase64String(text, salt, out int length) && length == SaltBytes ? salt : null;
    }
}

/// <summary>Gets the root key a recipe asks for.</summary>
internal sealed class RootKeys(DataFolder folder, VaultUnlock unlock)
{
    public const int MinPassphraseBytes = 12;

    private const string CredentialName = "pamtui-master-key";
    private const int MinCredentialBytes = 32;
    private const int MaxCredentialBytes = 4096;

    /// <summary>One key, or the two that a key file holds in the middle of a rekey.</summary>
    public async Task<Result<IReadOnlyList<Secret>>> ReadAsync(RootKeyRecipe recipe, CancellationToken ct)
    {
        Result<Secret> key;
        switch (recipe.Form)
        {
            case MasterKeyForm.File:
                return MasterKeyFile.Read(folder);
            case MasterKeyForm.Credential:
                key = ReadCredential();
                break;
            default:
                using (Secret? passphrase = unlock.AskPassphrase is { } ask ? await ask(ct).ConfigureAwait(false) : null)
                {
                    key = passphrase is { Length: > 0 }
                        ? FromPassphrase(recipe, passphrase)
                        : Refusal.Failed("The vault is locked by a passphrase and nobody gave it.");
                }

                break;
        }

        return key.Refusal is { } refusal ? refusal : Result.Ok<IReadOnlyList<Secret>>([key.Value]);
    }

    /// <summary>The root key of a vault that is made, or gets another form; a passphrase must be long enough.</summary>
    public static async Task<Result<Secret>> NewAsync(DataFolder folder, VaultUnlock unlock, RootKeyRecipe recipe, CancellationToken ct)
    {
        if (recipe.Form == MasterKeyForm.Passphrase)
        {
            using Secret? passphrase = unlock.AskPassphrase is { } ask ? await ask(ct).ConfigureAwait(false) : null;
            return passphrase is { Length: >= MinPassphraseBytes }
                ? FromPassphrase(recipe, passphrase)
                : Refusal.Invalid($"The passphrase must have at least {MinPassphraseBytes} bytes.", "passphrase");
        }

        Result<IReadOnlyList<Secret>> read = await new RootKeys(folder, unlock).ReadAsync(recipe, ct).ConfigureAwait(false);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        foreach (Secret other in read.Value.Skip(1))
        {
            other.Dispose();
        }

        return read.Value[0];
    }

    public static Secret FromPassphrase(RootKeyRecipe recipe, Secret passphrase)
    {
        byte[] derived = recipe.Cost.Derive(passphrase, recipe.Salt, Aead.KeyBytes);
        Secret key = Secret.From(derived);
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }

    private Result<Secret> ReadCredential()
    {
        if (unlock.CredentialsDirectory is not { Length: > 0 } directory)
        {
            return Refusal.Failed($"The vault's master key is the systemd credential {CredentialName}, and this process was given no credentials: start it by its unit with LoadCredentialEncrypted={CredentialName}.");
        }

        string file = Path.Combine(directory, CredentialName);
        if (!File.Exists(file))
        {
            return Refusal.Failed($"The systemd credential {CredentialName} was not given to this process: add LoadCredentialEncrypted={CredentialName} to its unit.");
        }

        if (new FileInfo(file).Length is < MinCredentialBytes or > MaxCredentialBytes)
        {
            return Refusal.Invalid($"The systemd credential {CredentialName} must have {MinCredentialBytes} to {MaxCredentialBytes} random bytes.");
        }

        byte[] content = File.ReadAllBytes(file);
        byte[] derived = HKDF.DeriveKey(HashAlgorithmName.SHA256, content, Aead.KeyBytes, info: Encoding.ASCII.GetBytes("pamtui root key 1"));
        Secret key = Secret.From(derived);
        CryptographicOperations.ZeroMemory(content);
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }
}
