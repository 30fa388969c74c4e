using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

public enum CheckMode
{
    /// <summary>A real sign-in first; a failed one saves nothing.</summary>
    Check,

    /// <summary>Saved at once, with the visible mark "unverified".</summary>
    Unverified,
}

/// <summary>An account as it is asked for.</summary>
/// <param name="Alias">Null or empty: none.</param>
public sealed record AccountDraft(
    string Resource,
    string Name,
    string Username,
    NewCredential Credential,
    string? Alias,
    string Privilege,
    string Description,
    Metadata Metadata);

/// <summary>What to change of an account; null keeps. The name and the resource never change: grants and logins hang on them (F6).</summary>
public sealed record AccountChange
{
    public string? Username { get; init; }

    public NewCredential? Credential { get; init; }

    /// <summary>Empty clears.</summary>
    public string? Alias { get; init; }

    public string? Privilege { get; init; }

    public string? Description { get; init; }

    public Metadata? Metadata { get; init; }

    /// <summary>What new passwords look like.</summary>
    public PasswordChange? Passwords { get; init; }
}

/// <param name="Account">As it is stored now; null when the check failed and nothing was saved.</param>
/// <param name="Check">How the sign-in went; null when none was made.</param>
public sealed record SavedAccount(Account? Account, CheckReport? Check);
