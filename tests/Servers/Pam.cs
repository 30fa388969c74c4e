namespace PamTui.Servers;

/// <summary>
/// Rules of PAM for one server alone: what this machine has, which may be anything, neither matters nor changes. Nobody waits after a
/// wrong password.
/// </summary>
internal static class Pam
{
    // As Debian has it.
    private static readonly string[] s_passwords = ["required pam_unix.so obscure yescrypt"];

    /// <param name="passwords">What a new password must pass: lines of a service without their first word.</param>
    /// <returns>A folder for /etc/pam.d.</returns>
    public static string Write(TempFolder folder, IReadOnlyList<string>? passwords)
    {
        Directory.CreateDirectory(folder.PathOf("pam.d"));
        string rules = "auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n"
            + string.Concat((passwords ?? s_passwords).Select(line => $"password {line}\n"));
        foreach (string service in (string[])["sshd", "passwd", "chpasswd", "sudo", "other"])
        {
            folder.Write("pam.d/" + service, rules);
        }

        folder.Write("pam.d/su", "auth sufficient pam_rootok.so\n" + rules);
        return folder.PathOf("pam.d");
    }
}
