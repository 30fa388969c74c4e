namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// Commands for targets. What varies goes in by stdin: scripts and their arguments are constants of this program, hexadecimal or base64, on one
/// line, and hold nothing that any login shell (sh, csh, fish) would read otherwise inside single quotes.
/// </summary>
internal static class RemoteScript
{
    // Programs of the administrator are outside a plain user's PATH on some systems.
    private const string Start = "LC_ALL=C; LANGUAGE=; PATH=\"$PATH:/usr/sbin:/sbin\"; export LC_ALL LANGUAGE PATH; ";

    /// <param name="arguments">$1 and so on of the script.</param>
    public static string Of(string script, params ReadOnlySpan<string> arguments)
    {
        string command = $"sh -c {Quoted(Start + script)} sh";
        foreach (string argument in arguments)
        {
            command += " " + Quoted(argument);
        }

        return command;
    }

    /// <summary>The same as root, at once or through sudo; ends with 72 when sudo does not let it.</summary>
    public static string AsRoot(string script) => Of(
        "if [ \"$(id -u)\" = 0 ]; then exec sh -c \"$1\"; fi; command -v sudo >/dev/null && sudo -n -l sh >/dev/null 2>&1 || exit 72; exec sudo -n sh -c \"$1\"",
        Start + script);

    private static string Quoted(string text) => text.AsSpan().ContainsAny("'\\!\n")
        ? throw new ArgumentException("A login shell would read this otherwise than sh.", nameof(text))
        : $"'{text}'";
}
