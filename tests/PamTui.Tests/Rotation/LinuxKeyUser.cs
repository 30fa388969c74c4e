using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>A user whose key is in the vault as db/app and in a file of its own on the target.</summary>
internal sealed class LinuxKeyUser : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private LinuxKeyUser(TestUser user, TempFolder folder, SshKeyFile key, RotationVault vault) => (User, _folder, Key, Vault) = (user, folder, key, vault);

    public TestUser User { get; }

    public SshKeyFile Key { get; }

    public RotationVault Vault { get; }

    public string File => User.Home + "/.ssh/authorized_keys";

    /// <param name="options">Of the key's line.</param>
    /// <param name="other">The rest of the file.</param>
    /// <param name="port">Of something in front of the target.</param>
    public static async Task<LinuxKeyUser> MakeAsync(LinuxTarget target, string options, string other, string prefix = "", int? port = null, string shell = "/bin/bash", bool isRoot = false)
    {
        TestUser user = await TestUser.MakeAsync(prefix: prefix, shell: shell, isRoot: isRoot);
        TempFolder folder = new();
        SshKeyFile key = await SshKeyFile.MakeAsync(folder, "first", "rsa", "", "-b", "2048");
        string place = user.Home + "/.ssh";
        Directory.CreateDirectory(place);
        await System.IO.File.WriteAllTextAsync(place + "/authorized_keys", $"{options}{key.PublicLine}\n{other}", Ct);
        (await Run.ProgramAsync("chown", "-R", user.Name + ":", place)).Succeeded();
        (await Run.ProgramAsync("chmod", "-R", "u=rwX,go=", place)).Succeeded();
        RotationVault vault = await target.VaultAsync(port);
        await vault.AddKeyAsync("db/app", user.Name, key.PrivateBytes);
        return new LinuxKeyUser(user, folder, key, vault);
    }

    public Task<string> ReadAsync() => System.IO.File.ReadAllTextAsync(File, Ct);

    public async Task<string> StatAsync() => (await Run.ProgramAsync("stat", "-c", "%a %U", File)).Succeeded().Text.Trim();

    public async Task<PublicKey> StoredAsync()
    {
        using Secret stored = Secret.FromText(await Vault.PasswordAsync("db/app"));
        return PublicHalf.Of(stored, null).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        await User.DisposeAsync();
        _folder.Dispose();
    }
}
