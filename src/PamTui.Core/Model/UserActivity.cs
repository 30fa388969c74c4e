namespace PamTui.Core.Model;

/// <summary>A user in a list.</summary>
/// <param name="LastSignIn">To the gateway; null: never, or before the user was made anew.</param>
/// <param name="LiveSessions">Those that are open now.</param>
public sealed record ListedUser(User User, DateTimeOffset? LastSignIn, int LiveSessions);

/// <summary>What a user did lately.</summary>
/// <param name="LastSignIn">To the gateway; null: never, or before the user was made anew.</param>
/// <param name="LastSource">From where.</param>
/// <param name="LastSession">When his last session began; null: he had none.</param>
/// <param name="Sessions">All of his sessions.</param>
/// <param name="LiveSessions">Those that are open now.</param>
public sealed record UserActivity(DateTimeOffset? LastSignIn, string? LastSource, DateTimeOffset? LastSession, int Sessions, int LiveSessions);
