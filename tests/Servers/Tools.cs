using Xunit;

namespace PamTui.Servers;

/// <summary>Programs of this machine that tests use.</summary>
public static class Tools
{
    private static readonly string[] s_folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin", "/usr/lib/openssh", "/usr/lib/dropbear"];

    private static readonly Dictionary<string, string> s_packages = new(StringComparer.Ordinal)
    {
        ["sshd"] = "openssh-server",
        ["ssh"] = "openssh-client",
        ["scp"] = "openssh-client",
        ["sftp"] = "openssh-client",
        ["ssh-keygen"] = "openssh-client",
        ["dbclient"] = "dropbear-bin",
        ["dropbear"] = "dropbear-bin",
        ["dropbearconvert"] = "dropbear-bin",
        ["plink"] = "putty-tools",
        ["pscp"] = "putty-tools",
        ["psftp"] = "putty-tools",
        ["puttygen"] = "putty-tools",
        ["postgres"] = "postgresql",
        ["initdb"] = "postgresql",
        ["psql"] = "postgresql",
        ["mariadbd"] = "mariadb-server",
        ["mariadb"] = "mariadb-server",
        ["mariadb-install-db"] = "mariadb-server",
        ["paramiko"] = "python3-paramiko",
        ["python3"] = "python3-paramiko",
        ["ansible-playbook"] = "ansible-core",
        ["curl"] = "curl",
        ["gcc"] = "gcc",
        ["npm"] = "npm",
        ["node"] = "nodejs",
        ["java"] = "default-jre-headless",
        ["rsync"] = "rsync",
        ["git"] = "git",
        ["socat"] = "socat",
        ["tinysshd"] = "tinysshd",
        ["tinysshd-makekey"] = "tinysshd",
        ["ps"] = "procps",
        ["sudo"] = "sudo",
        ["busybox"] = "busybox",
        ["ssh-audit"] = "ssh-audit",
        ["tmux"] = "tmux",
    };

    public static bool IsRoot => Environment.UserName == "root";

    /// <summary>Where the program is, or null.</summary>
    public static string? Find(string program)
    {
        string? found = s_folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        return found ?? FindPostgres(program);
    }

    /// <summary>The program's path; without it the calling test is skipped, or fails when CI=true.</summary>
    public static string Need(string program) => Find(program) ?? throw Missing.SkipOrFail(program, s_packages.GetValueOrDefault(program, program));

    /// <summary>A module of PAM: without it the calling test is skipped, or fails when CI=true.</summary>
    public static void NeedPamModule(string module)
    {
        if (!Directory.EnumerateDirectories("/usr/lib").Any(folder => File.Exists($"{folder}/security/{module}.so")))
        {
            throw Missing.SkipOrFail(module, "lib" + module.Replace('_', '-'));
        }
    }

    // Debian keeps the server's programs of each version out of PATH.
    private static string? FindPostgres(string program)
    {
        const string versions = "/usr/lib/postgresql";
        return Directory.Exists(versions)
            ? Directory.GetDirectories(versions).OrderDescending(StringComparer.Ordinal).Select(v => Path.Combine(v, "bin", program)).FirstOrDefault(File.Exists)
            : null;
    }
}

/// <summary>What a test cannot run without: a skip on a developer's machine, a failure where everything must run.</summary>
public static class Missing
{
    public static bool EverythingMustRun => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Never returns; the type lets a caller write <c>throw</c>.</summary>
    public static Exception SkipOrFail(string what, string package) => SkipOrFail($"needs {what}: apt install {package}");

    public static void NeedRoot()
    {
        if (!Tools.IsRoot)
        {
            throw SkipOrFail("needs root, to make a throw-away user");
        }
    }

    public static async Task NeedMountsAsync()
    {
        if ((await Run.ProgramAsync("unshare", "--mount", "true")).ExitCode != 0)
        {
            throw SkipOrFail("needs the right to mount (CAP_SYS_ADMIN), for rules of PAM of its own");
        }
    }

    /// <summary>Never returns; the type lets a caller write <c>throw</c>.</summary>
    public static Exception SkipOrFail(string reason)
    {
        if (EverythingMustRun)
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }
}
