using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>What a Linux server's rules for passwords say: those of pam_unix, pwquality, passwdqc, pwhistory, BusyBox.</summary>
internal static class PasswordRules
{
    private static readonly string[] s_words =
        ["BAD PASSWORD", "too short", "too simple", "too similar", "longer password", "must be longer", "must choose", "dictionary", "palindrome", "weak password", "already used", "same as the old", "not enough"];

    /// <summary>Null: it is not the rules that refuse.</summary>
    /// <param name="words">What passwd or chpasswd said.</param>
    public static CheckFailure? Refused(CheckRun run, string target, string words) => s_words.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase))
        ? run.Fail(
            CheckCause.NotPermitted,
            $"The password rules of {target} refuse the password: it says {run.Said(words)}. Make the account's passwords longer or of more kinds of characters (`pamtui account edit`).")
        : null;
}
