namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// Commands for targets. What varies goes in by stdin: scripts and their arguments are constants of this program or hexadecimal, on one
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

    private static string Quoted(string text) => text.AsSpan().ContainsAny("'\\!\n")
        ? throw new ArgumentException("A login shell would read this otherwise than sh.", nameof(text))
        : $"'{text}'";
}
