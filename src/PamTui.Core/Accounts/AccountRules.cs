using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>What an account and its credential must keep, whoever gives them.</summary>
internal static class AccountRules
{
    /// <summary>The first rule that is broken, or null.</summary>
    public static Refusal? Check(Account account)
    {
        if (Names.Check(account.Name, "account", "name") is { } badName)
        {
            return badName;
        }

        if (account.Alias is { } alias && Names.Check(alias, "alias", "alias") is { } badAlias)
        {
            return badAlias;
        }

        if (FieldCheck.Of(Fields.Of(Fields.Account, "username"), account.Username) is { } badUsername)
        {
            return badUsername;
        }

        int max = Fields.MaxUsername(account.Kind);
        if (account.Username.Length > max)
        {
            return Refusal.Invalid($"A username on {Words.Of(account.Kind)} has at most {max} characters.", "username");
        }

        // In a certificate the username is a principal, of which targets take lists and patterns (B18).
        if (account.Credential == CredentialType.Certificate && account.Username.Any(c => c is ',' or '*' or '?' or '!' or '"' || char.IsWhiteSpace(c)))
        {
            return Refusal.Invalid("The username of an account with certificates holds no space and none of , * ? ! \".", "username");
        }

        return FieldCheck.Of(Fields.Of(Fields.Account, "privilege"), account.Privilege)
            ?? FieldCheck.Of(Fields.Of(Fields.Account, "description"), account.Description);
    }

    /// <summary>What breaks a rule of an account as it is asked for, or null.</summary>
    public static Refusal? Check(AccountDraft draft, ResourceKind kind) => Check(Build(draft, 0, kind, default)) ?? Check(kind, draft.Credential);

    /// <summary>The account as it is asked for, not yet stored nor checked.</summary>
    public static Account Build(AccountDraft draft, long resourceId, ResourceKind kind, DateTimeOffset now) => new(
        0,
        resourceId,
        draft.Resource,
        kind,
        draft.Name,
        draft.Username,
        draft.Credential.Type,
        string.IsNullOrEmpty(draft.Alias) ? null : draft.Alias,
        draft.Privilege,
        draft.Description,
        draft.Metadata,
        CheckState.Unverified,
        null,
        null,
        now,
        now);

    public static Refusal? Check(ResourceKind kind, NewCredential credential)
    {
        if (credential.Type == CredentialType.Certificate)
        {
            return kind != ResourceKind.Linux
                ? Refusal.Invalid($"An account on {Words.Of(kind)} signs in with a password.", "credential")
                : credential.Main.Length > 0 || credential.Passphrase is not null
                    ? Refusal.Invalid("A certificate is made for each session: nothing is stored.", "credential")
                    : null;
        }

        if (credential.Type == CredentialType.PrivateKey)
        {
            if (kind != ResourceKind.Linux)
            {
                return Refusal.Invalid($"An account on {Words.Of(kind)} signs in with a password.", "credential");
            }

            if (!LooksLikeKeyFile(credential.Main.Bytes))
            {
                return Refusal.Invalid("This is not a private key file: give an OpenSSH, PEM or PuTTY one.", "privateKey");
            }

            return credential.Passphrase is { } passphrase ? CheckLength("passphrase", passphrase) : null;
        }

        if (credential.Passphrase is not null)
        {
            return Refusal.Invalid("A password has no passphrase.", "passphrase");
        }

        return CheckLength("password", credential.Main)
            ?? (credential.Main.Bytes.Contains((byte)0) ? Refusal.Invalid("The password holds a NUL byte, which no target takes.", "password") : null);
    }

    private static Refusal? CheckLength(string field, Secret secret)
    {
        FieldDescriptor descriptor = Fields.Of(Fields.Account, field);
        return secret.Length == 0
            ? Refusal.Invalid($"{descriptor.Label} is empty.", field)
            : secret.Length > descriptor.MaxLength
                ? Refusal.Invalid($"{descriptor.Label} has more than {descriptor.MaxLength} bytes.", field)
                : null;
    }

    private static bool LooksLikeKeyFile(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> text = file.TrimStart(" \t\r\n"u8);
        return text.StartsWith("PuTTY-User-Key-File-"u8) || (text.StartsWith("-----BEGIN "u8) && text.IndexOf("PRIVATE KEY-----"u8) > 0);
    }
}
