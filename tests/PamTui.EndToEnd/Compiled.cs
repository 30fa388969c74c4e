using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Small C programs of the tests, built where they run.</summary>
internal static class Compiled
{
    /// <summary>The program's path.</summary>
    public static async Task<string> LibsshAsync(TempFolder folder, string source)
    {
        string compiler = Tools.Need("gcc");
        if (!File.Exists("/usr/include/libssh/libssh.h"))
        {
            throw Missing.SkipOrFail("libssh's headers", "libssh-dev libc6-dev");
        }

        string program = folder.PathOf(Path.GetFileNameWithoutExtension(source) + "-libssh");
        (await Run.ProgramAsync(compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lssh")).Succeeded();
        return program;
    }
}
