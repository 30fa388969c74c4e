namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// Commands for targets. What varies goes in by stdin: a script is a constant of this program, on one line, and holds nothing that any
/// login shell (sh, csh, fish) would read otherwise inside single quotes.
/// </summary>
internal static class RemoteScript
{
    // Programs of the administrator are outside a plain user's PATH on some systems.
    private const string Start = "LC_ALL=C; LANGUAGE=; PATH=\"$PATH:/usr/sbin:/sbin\"; export LC_ALL LANGUAGE PATH; ";

    public static string Of(string script) => script.AsSpan().ContainsAny("'\\!\n")
        ? throw new ArgumentException("A login shell would read this script otherwise than sh.", nameof(script))
        : $"sh -c '{Start}{script}'";
}
