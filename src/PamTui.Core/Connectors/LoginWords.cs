using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>SSH has no codes for these; the sentences of Linux-PAM, shadow and OpenSSH are all there is.</summary>
internal static class LoginWords
{
    private static readonly (string Words, CheckCause Cause)[] s_sentences =
    [
        ("account has expired", CheckCause.AccountExpired),
        ("account is expired", CheckCause.AccountExpired),
        ("account is locked", CheckCause.AccountLocked),
        ("account locked", CheckCause.AccountLocked),
        ("account temporarily locked", CheckCause.AccountLocked),
        ("password has expired", CheckCause.PasswordExpired),
        ("password is expired", CheckCause.PasswordExpired),
        ("password change required", CheckCause.PasswordExpired),
        ("required to change your password", CheckCause.PasswordExpired),
        ("must change your password", CheckCause.PasswordExpired),
        ("new password:", CheckCause.PasswordExpired),
        ("current password:", CheckCause.PasswordExpired),
    ];

    public static CheckCause? CauseOf(string words)
    {
        foreach ((string sentence, CheckCause cause) in s_sentences)
        {
            if (words.Contains(sentence, StringComparison.OrdinalIgnoreCase))
            {
                return cause;
            }
        }

        return null;
    }
}
