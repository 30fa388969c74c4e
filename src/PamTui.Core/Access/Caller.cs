using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>
/// Who asks, as the store knows him now: a screen may have been open for hours since the sign-in, and the user disabled or no
/// longer an admin.
/// </summary>
internal sealed class Caller
{
    private Caller(Actor actor, User? user) => (Actor, User) = (actor, user);

    public Actor Actor { get; }

    /// <summary>Null: the owner of the data folder at the machine, or the program itself.</summary>
    public User? User { get; }

    /// <summary>Whose favourites, filters and drafts: the user's number, 0 for whoever owns the data folder.</summary>
    public long Owner => User?.Id ?? 0;

    public bool IsAdmin => User is null || User.Role == Role.Admin;

    public static async Task<Result<Caller>> ReadAsync(Tx tx, Actor actor)
    {
        if (actor.UserId is not { } id)
        {
            return actor.IsAdmin ? new Caller(actor, null) : Refusal.NotAllowed("Nobody is signed in.");
        }

        User? user = await UserRows.FindAsync(tx, id).ConfigureAwait(false);
        return user is { Disabled: false } && user.Name == actor.Name
            ? new Caller(actor, user)
            : Refusal.NotAllowed("Your user was disabled or removed.");
    }

    /// <param name="what">"add users": ends the sentence of the refusal.</param>
    public static async Task<Result<Caller>> AdminAsync(Tx tx, Actor actor, string what)
    {
        Result<Caller> caller = await ReadAsync(tx, actor).ConfigureAwait(false);
        return caller.IsOk && !caller.Value.IsAdmin ? Refusal.NotAllowed($"Only an admin may {what}.") : caller;
    }
}
