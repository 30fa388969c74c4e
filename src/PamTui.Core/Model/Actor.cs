namespace PamTui.Core.Model;

public enum Role
{
    Member,
    Admin,
}

/// <summary>Who does something, from where: what every use case takes and every audit row holds.</summary>
/// <param name="Name">The user's name; "local:NAME" for the owner of the data folder at the machine itself, "system" for the program.</param>
/// <param name="UserId">The row of the user; null for a local actor, who is admin because the folder's mode says so.</param>
/// <param name="Source">The peer's address, or "local".</param>
public sealed record Actor(string Name, long? UserId, Role Role, string Source)
{
    public bool IsAdmin => Role == Role.Admin;

    /// <summary>The person who can open the data folder: 0700 is the permission.</summary>
    public static Actor Local(string operatingSystemUser) => new("local:" + operatingSystemUser, null, Role.Admin, "local");

    public static Actor System { get; } = new("system", null, Role.Admin, "local");
}
