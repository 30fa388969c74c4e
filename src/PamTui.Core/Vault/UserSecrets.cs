using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>Where a user's secrets are bound.</summary>
internal static class UserSecrets
{
    public const string OwnerKind = "user";
    public const string PasswordField = "password";

    public static SecretBinding Password(long userId, long version) => new(OwnerKind, userId, PasswordField, version);
}
