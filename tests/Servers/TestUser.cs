using System.Security.Cryptography;
using System.Text;

namespace PamTui.Servers;

/// <summary>A throw-away user of this machine; needs root.</summary>
public sealed class TestUser : IAsyncDisposable
{
    private TestUser(string name, string password)
    {
        Name = name;
        Password = password;
    }

    public string Name { get; }

    public string Password { get; private set; }

    public string Home => "/home/" + Name;

    public static async Task<TestUser> MakeAsync(string? password = null, string shell = "/bin/bash")
    {
        Missing.NeedRoot();
        string name = "pamtui-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        TestUser user = new(name, "");
        await LockedAsync("useradd", ["--create-home", "--shell", shell, name]);
        await user.SetPasswordAsync(password ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(12)));
        return user;
    }

    public async Task SetPasswordAsync(string password)
    {
        // Past PAM, whose rules for good passwords are not what is tested.
        await LockedAsync("chpasswd", ["--crypt-method", "SHA512"], $"{Name}:{password}\n");
        Password = password;
    }

    public Task ExpireAccountAsync() => LockedAsync("chage", ["-E", "0", Name]);

    public Task MustChangePasswordAsync() => LockedAsync("chage", ["-d", "0", Name]);

    public Task LockAsync() => LockedAsync("usermod", ["--lock", Name]);

    public async ValueTask DisposeAsync() => await LockedAsync("userdel", ["--force", "--remove", Name]);

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
