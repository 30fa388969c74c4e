using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The forms that add a user and set a password.</summary>
internal static class PersonForms
{
    public const string NewPassword = "password";
    public const string Again = "again";

    private static readonly FieldDescriptor[] s_user =
    [
        new("name", "Name", "a-z, 0-9, '.', '_', '-'; as it is typed before the @ of the gateway", Required: true, MaxLength: Names.MaxLength),
        new("role", "Role", "member: what grants say; admin: everything", FieldInput.Choice, Default: "member", Choices: ["member", "admin"]),
        new("key", "Public key", "a line of an authorized_keys file (the file that ends in .pub); may come later", MaxLength: 16 * 1024),
    ];

    private static readonly FieldDescriptor[] s_password =
    [
        new(NewPassword, "New password", $"at least {Users.MinPasswordBytes} characters, kept as typed", Required: true, Secret: true, MaxLength: 1024),
        new(Again, "Once more", "so that no slip of a finger is kept", Required: true, Secret: true, MaxLength: 1024),
    ];

    public static FormModel Password() => new([.. s_password.Select(field => new FormField(field, false))]);

    /// <returns>The name; null: nobody was added.</returns>
    public static string? AddUser(TuiSession session, Workplace work)
    {
        using FormModel form = new([.. s_user.Select(field => new FormField(field, false))]);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Role role = Words.Parse<Role>(form["role"], Words.Of) ?? Role.Member;
                string? key = form["key"].Trim() is { Length: > 0 } line ? line : null;
                Result<User> added = await session.Jobs.CallAsync(c => work.Product.Users.AddAsync(work.Actor, form["name"], role, key, c), ct);
                return added.Refusal is { } no
                    ? new SaveAnswer.Refused(no)
                    : new SaveAnswer.Saved($"{added.Value.Name} is added{(key is null ? ": K adds a key to sign in with" : "")}; n gives a grant.");
            },
            null,
            SignsIn: false);
        return Run(session, work, "Add user", form, actions) ? form["name"] : null;
    }

    public static bool Run(TuiSession session, Workplace work, string title, FormModel form, SaveActions actions)
    {
        using SaveDialog dialog = new(form, actions, session.Jobs);
        return Run(session, work, title, dialog);
    }

    public static bool Run(TuiSession session, Workplace work, string title, SaveDialog dialog)
    {
        using FormSheet sheet = new(session, title, dialog, metadata: null);
        session.App.Run(sheet);
        if (dialog.Stage != SaveStage.Saved)
        {
            return false;
        }

        work.NoteChange();
        work.Tell(dialog.Sentence, Tone.Good);
        return true;
    }
}
