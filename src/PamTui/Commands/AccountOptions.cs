using System.CommandLine;
using PamTui.Core.Accounts;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The options of `account add` and `account edit`. No secret is ever an argument: /proc and the shell's history show those to others.</summary>
internal sealed class AccountOptions(bool isNew)
{
    private readonly Option<string?> _username = new("--username") { Description = "As the target knows it", HelpName = "NAME", Required = isNew };
    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the password from stdin; one final newline is not part of it" };
    private readonly Option<bool> _askPassword = new("--ask-password") { Description = "Ask for a new password at the terminal" };
    private readonly Option<string?> _keyFile = new("--private-key-file") { Description = "The private key (OpenSSH, PEM or PuTTY); - is stdin", HelpName = "FILE" };
    private readonly Option<bool> _generateKey = new("--generate-key") { Description = "Make a new Ed25519 key in the vault and print its public half, to be installed on the target" };
    private readonly Option<bool> _passphraseStdin = new("--passphrase-stdin") { Description = "Read the key's passphrase from stdin" };
    private readonly Option<bool> _askPassphrase = new("--ask-passphrase") { Description = "Ask for the key's passphrase at the terminal" };
    private readonly Option<bool> _certificate = new("--certificate") { Description = "Store no credential: the gateway's SSH CA certifies a fresh key for each session (linux)" };
    private readonly Option<string?> _alias = new("--alias") { Description = "One name in the whole vault: ssh you@ALIAS@gateway; empty: none", HelpName = "NAME" };
    private readonly Option<string?> _privilege = new("--privilege") { Description = "A label: superuser, read/write, read-only", HelpName = "LABEL" };
    private readonly Option<string?> _description = new("--description") { Description = "A sentence about it", HelpName = "TEXT" };
    private readonly Option<bool> _unverified = new("--unverified") { Description = "Save without a check; the account carries a mark until one passes" };
    private readonly PasswordOptions _passwords = new();
    private readonly MetadataOptions _metadata = new();

    public Verb On(Verb verb)
    {
        Option[] both = [_username, _passwordStdin, _keyFile, _passphraseStdin, _askPassphrase, _certificate, _alias, _privilege, _description, _metadata.Set, _unverified];
        foreach (Option option in isNew ? [.. both, _generateKey] : (IEnumerable<Option>)[.. both, _askPassword, _metadata.Unset, .. _passwords.All])
        {
            verb.Add(option);
        }

        return verb;
    }

    public CheckMode Mode(Invocation run) => run.Value(_unverified) ? CheckMode.Unverified : CheckMode.Check;

    public bool GeneratesKey(Invocation run) => isNew && run.Value(_generateKey);

    /// <summary>A key that is made here is the only credential, of a kind of server that takes one.</summary>
    public Refusal? WhyNoKey(Invocation run, ResourceKind kind) => kind != ResourceKind.Linux
        ? Refusal.Invalid($"An account of a {Words.Of(kind)} resource signs in with a password: leave --generate-key out.", "credential")
        : run.Value(_passwordStdin) || run.Value(_keyFile) is not null || run.Value(_passphraseStdin) || run.Value(_askPassphrase) || run.Value(_certificate)
            ? Refusal.Invalid("--generate-key makes the credential: give no other with it.", "credential")
            : null;

    /// <summary>What was given; null on an edit that gives none.</summary>
    public async Task<Result<NewCredential?>> CredentialAsync(Invocation run, ResourceKind kind, CancellationToken ct)
    {
        string? file = run.Value(_keyFile);
        if (file is not null && kind != ResourceKind.Linux)
        {
            return Refusal.Invalid($"An account of a {Words.Of(kind)} resource signs in with a password: leave --private-key-file out.", "credential");
        }

        if (run.Value(_certificate))
        {
            return file is not null || run.Value(_passwordStdin) || run.Value(_askPassword) || run.Value(_passphraseStdin) || run.Value(_askPassphrase)
                ? Refusal.Invalid("With --certificate there is no other credential: leave it out.", "credential")
                : NewCredential.OfCertificates();
        }

        if (file is null && (run.Value(_passphraseStdin) || run.Value(_askPassphrase)))
        {
            return Refusal.Invalid("A passphrase belongs to a private key: give --private-key-file too.", "passphrase");
        }

        if (file is not null)
        {
            return run.Value(_passwordStdin) || run.Value(_askPassword)
                ? Refusal.Invalid("Give a password or a private key, not both.", "credential")
                : await KeyAsync(run, file, ct);
        }

        if (!isNew && !run.Value(_passwordStdin) && !run.Value(_askPassword))
        {
            return (NewCredential?)null;
        }

        Result<Secret> password = await run.SecretAsync(_passwordStdin, "Password of the account", twice: false, ct);
        return password.Refusal is { } refusal ? refusal : new NewCredential(CredentialType.Password, password.Value, null);
    }

    public Result<AccountDraft> Draft(Invocation run, AccountRef account, NewCredential credential)
    {
        Result<Metadata> metadata = _metadata.New(run);
        return metadata.Refusal is { } refusal
            ? refusal
            : new AccountDraft(
                account.Resource,
                account.Account,
                run.Value(_username) ?? "",
                credential,
                run.Value(_alias) is { Length: > 0 } alias ? alias : null,
                run.Value(_privilege) ?? "",
                run.Value(_description) ?? "",
                metadata.Value);
    }

    public Result<AccountChange> Change(Invocation run, Account before, NewCredential? credential)
    {
        Result<Metadata> metadata = _metadata.Changed(run, before.Metadata);
        Result<PasswordChange?> passwords = _passwords.Read(run);
        return (metadata.Refusal ?? passwords.Refusal) is { } refusal
            ? refusal
            : new AccountChange
            {
                Username = run.Value(_username),
                Credential = credential,
                Alias = run.Value(_alias),
                Privilege = run.Value(_privilege),
                Description = run.Value(_description),
                Metadata = _metadata.IsGiven(run) ? metadata.Value : null,
                Passwords = passwords.Value,
            };
    }

    private async Task<Result<NewCredential?>> KeyAsync(Invocation run, string file, CancellationToken ct)
    {
        if (file == Inputs.Stdin && run.Value(_passphraseStdin))
        {
            return Refusal.Invalid("The key and its passphrase cannot both come on stdin: use --ask-passphrase.", "passphrase");
        }

        Result<Secret> key = await run.FileAsync(file, _keyFile.Name, ct);
        if (key.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!run.Value(_passphraseStdin) && !run.Value(_askPassphrase))
        {
            return new NewCredential(CredentialType.PrivateKey, key.Value, null);
        }

        Result<Secret> passphrase = await run.SecretAsync(_passphraseStdin, "Passphrase of the key", twice: false, ct);
        if (passphrase.Refusal is { } refused)
        {
            key.Value.Dispose();
            return refused;
        }

        return new NewCredential(CredentialType.PrivateKey, key.Value, passphrase.Value);
    }
}
