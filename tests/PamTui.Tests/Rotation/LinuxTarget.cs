using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>One sshd with PAM that reads the keys of its users where every sshd does, for a class of tests.</summary>
public sealed class LinuxTarget : IAsyncDisposable
{
    /// <summary>What sudo must allow the rotation account.</summary>
    public const string Chpasswd = "ALL=(root) NOPASSWD: /usr/sbin/chpasswd \"\"";

    private readonly Lazy<Task<Sshd>> _sshd = new(() => Sshd.StartAsync(new SshdOptions(Config: ["AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2", "StrictModes yes"], UsePam: true)));

    public Task<Sshd> SshdAsync() => _sshd.Value;

    /// <summary>A vault whose resource "db" is this server.</summary>
    /// <param name="port">Of something in front of it.</param>
    internal async Task<RotationVault> VaultAsync(int? port = null)
    {
        Sshd sshd = await SshdAsync();
        return await RotationVault.OpenAsync(Target.Linux(sshd, pinned: sshd.HostKey) with { Port = port ?? sshd.Port }, realTimers: true);
    }

    /// <summary>Makes <paramref name="user"/> the rotation account of the resource.</summary>
    internal static async Task RotatedByAsync(RotationVault vault, TestUser user)
    {
        await vault.AddAsync("db/rotator", user.Name, user.Password);
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new ResourceChange { RotationAccount = "rotator" }, Ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd.IsValueCreated && _sshd.Value.IsCompletedSuccessfully)
        {
            await (await _sshd.Value).DisposeAsync();
        }
    }
}
