using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Screens;
using PamTui.Tui.Terminal;

namespace PamTui.Tui;

/// <summary>A public key that the first admin may take, found on this machine.</summary>
/// <param name="Label">Its file's name.</param>
/// <param name="Line">The line of an authorized_keys file.</param>
public sealed record OfferedKey(string Label, string Line);

/// <summary>What the first run needs from who composes the program.</summary>
/// <param name="DataFolder">Where the vault will be; shown.</param>
/// <param name="AdminName">Proposed for the first admin.</param>
/// <param name="MakeVault">Makes the vault: the admin's name and public key line (null: none yet).</param>
public sealed record FirstRunOptions(
    string DataFolder,
    string AdminName,
    IReadOnlyList<OfferedKey> Keys,
    Func<string, string?, CancellationToken, Task<Result<Done>>> MakeVault)
{
    public bool NoColor { get; init; }
}

/// <summary>The dialog of a machine without a vault: asks for the first admin and makes it. Local only.</summary>
public static class FirstRunScreen
{
    private const string Paste = "paste one";
    private const string None = "none yet";

    /// <returns>True when there is a vault now; false when the person left, the terminal went away or has no full screen.</returns>
    public static Task<bool> RunAsync(ITerminalChannel channel, FirstRunOptions options, CancellationToken ct) =>
        TerminalTraits.Of(channel, options.NoColor) is { } traits
            ? TuiSession.RunAsync(channel, traits, session => Show(session, options), false, NullLogger.Instance, ct)
            : Task.FromResult(false);

    private static bool Show(TuiSession session, FirstRunOptions options)
    {
        string[] choices = [.. options.Keys.Take(3).Select(key => Text.Escape(key.Label, 20)), Paste, None];
        FieldDescriptor[] fields =
        [
            new("name", "Admin", "your name here: a-z, 0-9, '.', '_', '-'", Required: true, Default: options.AdminName, MaxLength: Names.MaxLength),
            new("choice", "Public key", "left and right choose; it is what you sign in to the gateway with", FieldInput.Choice, Default: choices[0], Choices: choices),
            new("key", "Key line", "ssh-ed25519 AAAA… you@machine", Required: true, MaxLength: 16 * 1024, ShownWhen: values => values["choice"] == Paste),
        ];
        using FormModel form = new([.. fields.Select(field => new FormField(field, false))]);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                string choice = form["choice"];
                string? key = choice == Paste ? form["key"] : choice == None ? null : options.Keys[Array.IndexOf(choices, choice)].Line;
                string name = form["name"];
                Result<Done> made = await session.Jobs.CallAsync(c => options.MakeVault(name, key, c), ct);
                return made.Refusal is { } no ? new SaveAnswer.Refused(no) : new SaveAnswer.Saved("");
            },
            null,
            SignsIn: false);
        using SaveDialog dialog = new(form, actions, session.Jobs);
        string intro = $"There is no vault in {Text.Escape(options.DataFolder)} yet. This makes one, with you as its first admin. Its master key is a file there that only you can read: back it up apart from the vault.";
        using FormSheet sheet = new(session, "Welcome to PamTui", dialog, null, intro);
        session.App.Run(sheet);
        return dialog.Stage == SaveStage.Saved;
    }
}
