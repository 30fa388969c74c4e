namespace PamTui.Core.Model;

public enum CredentialType
{
    Password,
    PrivateKey,

    /// <summary>Nothing is stored: each sign-in has a key of its own, certified by the gateway's SSH CA for minutes.</summary>
    Certificate,
}

public enum CheckState
{
    /// <summary>Saved without a check.</summary>
    Unverified,

    Verified,

    /// <summary>The last sign-in was refused or did not reach the target.</summary>
    Failed,
}

/// <summary>"resource/account": how an account is named on the command line.</summary>
public sealed record AccountRef(string Resource, string Account)
{
    public static Result<AccountRef> Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && Names.IsValid(parts[0]) && Names.IsValid(parts[1])
            ? new AccountRef(parts[0], parts[1])
            : Refusal.Invalid($"{Text.Quote(text)} is not an account: write RESOURCE/ACCOUNT.");
    }

    public override string ToString() => Resource + "/" + Account;
}

/// <summary>One set of credentials on one resource, without the credential itself.</summary>
public sealed record Account(
    long Id,
    long ResourceId,
    string Resource,
    ResourceKind Kind,
    string Name,
    string Username,
    CredentialType Credential,
    string? Alias,
    string Privilege,
    string Description,
    Metadata Metadata,
    CheckState CheckState,
    DateTimeOffset? LastChecked,
    string? LastCheckError,
    DateTimeOffset Created,
    DateTimeOffset Updated)
{
    public AccountHealth Health { get; init; } = AccountHealth.Unknown;

    public AccountRotation Rotation { get; init; } = AccountRotation.Never;

    /// <summary>What new passwords look like, where it differs from the resource's.</summary>
    public PasswordChoice Passwords { get; init; } = PasswordChoice.None;

    /// <summary>
    /// An admin said which user of the target it is, or the target let it in as that user. Without it no power but its own credential's
    /// is used for it: who may manage an account could name any user in it.
    /// </summary>
    public bool IsVouched { get; init; }

    /// <summary>When a session of it last began, whoever's; null: never.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    public AccountRef Reference => new(Resource, Name);
}
