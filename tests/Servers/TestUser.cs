using System.Security.Cryptography;
using System.Text;

namespace PamTui.Servers;

/// <summary>A throw-away user of this machine; needs root.</summary>
public sealed class TestUser : IAsyncDisposable
{
    private readonly string _id;
    private string? _sudoers;

    private TestUser(string name, string id)
    {
        Name = name;
        _id = id;
    }

    public string Name { get; }

    public string Password { get; private set; } = "";

    public string Home => "/home/" + _id;

    /// <param name="prefix">What the name begins with: anything but a colon, a slash and a line feed.</param>
    /// <param name="isRoot">A second name of the user 0, with a home of its own.</param>
    public static async Task<TestUser> MakeAsync(string? password = null, string shell = "/bin/bash", string prefix = "", bool isRoot = false)
    {
        Missing.NeedRoot();
        string id = "pamtui-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        TestUser user = new(prefix + id, id);
        string[] zero = isRoot ? ["--non-unique", "--uid", "0"] : [];
        await LockedAsync("useradd", ["--badname", .. zero, "--create-home", "--home-dir", user.Home, "--shell", shell, "--", user.Name]);
        await user.SetPasswordAsync(password ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(12)));
        return user;
    }

    public async Task SetPasswordAsync(string password)
    {
        // Past PAM, whose rules for good passwords are not what is tested.
        await LockedAsync("chpasswd", ["--crypt-method", "SHA512"], $"{Name}:{password}\n");
        Password = password;
    }

    public Task ExpireAccountAsync() => LockedAsync("chage", ["-E", "0", "--", Name]);

    public Task MustChangePasswordAsync() => LockedAsync("chage", ["-d", "0", "--", Name]);

    /// <summary>No change of the password within so many days after one.</summary>
    public Task MinimumAgeAsync(int days) => LockedAsync("chage", ["-m", days.ToString(System.Globalization.CultureInfo.InvariantCulture), "--", Name]);

    public Task LockAsync() => LockedAsync("usermod", ["--lock", "--", Name]);

    /// <summary>What the user may run through sudo without a password: the right half of a line of sudoers.</summary>
    public void AllowSudo(string what)
    {
        Tools.Need("sudo");
        _sudoers = "/etc/sudoers.d/" + _id;

        // Whole and readable by root alone, or sudo refuses to work for anybody.
        string beside = _sudoers + ".new";
        File.WriteAllText(beside, $"\"{Name}\" {what}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        File.Move(beside, _sudoers, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sudoers is not null)
        {
            File.Delete(_sudoers);
        }

        await LockedAsync("userdel", ["--force", "--remove", "--", Name]);
    }

    // One writer of /etc/passwd at a time, whatever test programs run beside this one.
    private static async Task LockedAsync(string program, IReadOnlyList<string> arguments, string input = "")
    {
        string lockFile = Path.Combine(Path.GetTempPath(), "pamtui-test-users.lock");
        RunResult result = await Run.ProgramAsync("flock", [lockFile, Tools.Need(program), .. arguments], Encoding.UTF8.GetBytes(input));
        if (program != "userdel")
        {
            result.Succeeded();
        }
    }
}
