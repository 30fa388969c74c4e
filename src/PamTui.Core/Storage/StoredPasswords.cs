using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Core.Storage;

/// <summary>The three columns of a <see cref="PasswordChoice"/>.</summary>
internal static class StoredPasswords
{
    public static string? Classes(PasswordChoice choice) => choice.Classes is { } classes ? PasswordPolicy.WordsOf(classes) : null;

    public static PasswordChoice From(long? length, string? classes, string? without) =>
        length is null && classes is null && without is null
            ? PasswordChoice.None
            : new PasswordChoice((int?)length, classes is null ? null : Parsed(classes), without);

    private static CharacterClasses Parsed(string classes) => PasswordPolicy.ParseClasses(classes) is { IsOk: true, Value: var parsed }
        ? parsed
        : throw new VaultException($"The vault holds {Text.Quote(classes)} where classes of characters belong: it was changed outside the vault.");
}
