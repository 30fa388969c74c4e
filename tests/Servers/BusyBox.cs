namespace PamTui.Servers;

/// <summary>The programs of a small system: BusyBox in the place of all of /usr/bin, and the sudo and su that Debian's BusyBox lacks.</summary>
public sealed class BusyBox : IDisposable
{
    private readonly TempFolder _folder = new(readableByAll: true);

    private BusyBox() => Mounts = [.. s_beside.Select(program => ("/usr/bin/" + program, _folder.PathOf(program))), (_folder.Path, "/usr/bin")];

    private static readonly string[] s_beside = ["su", "sudo"];

    /// <summary>What a server mounts over what; see <see cref="SshdOptions"/>.</summary>
    public IReadOnlyList<(string Source, string Over)> Mounts { get; }

    public static async Task<BusyBox> MakeAsync()
    {
        BusyBox made = new();
        File.Copy(Tools.Need("busybox"), made._folder.PathOf("busybox"));
        foreach (string applet in (await Run.ProgramAsync("busybox", "--list")).Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except([.. s_beside, "busybox"]))
        {
            File.CreateSymbolicLink(made._folder.PathOf(applet), "busybox");
        }

        foreach (string program in s_beside)
        {
            made._folder.Write(program, "");
        }

        return made;
    }

    public void Dispose() => _folder.Dispose();
}
