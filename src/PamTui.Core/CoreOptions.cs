using PamTui.Core.Statements;
using PamTui.Core.Vault;

namespace PamTui.Core;

/// <summary>What a face may set about the core.</summary>
public sealed record CoreOptions
{
    /// <summary>What one sign-in by password costs.</summary>
    public Argon2Parameters PasswordCost { get; init; } = Argon2Parameters.Password;

    /// <summary>What one start of a vault locked by a passphrase costs; used when the passphrase is set.</summary>
    public Argon2Parameters PassphraseCost { get; init; } = Argon2Parameters.Passphrase;

    /// <summary>Whether an admin who signed in over SSH may set the hook of a rotation policy: a program that the gateway runs.</summary>
    public bool HooksOverSsh { get; init; }

    /// <summary>How much is kept of what is asked of databases.</summary>
    public StatementOptions Statements { get; init; } = new();
}
