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

    private readonly Lazy<Task<Sshd>> _sshd;

    public LinuxTarget()
        : this(null, null)
    {
    }

    /// <param name="passwords">See <see cref="SshdOptions"/>, also for the other.</param>
    internal LinuxTarget(IReadOnlyList<string>? passwords, IReadOnlyList<(string Source, string Over)>? mounts) => _sshd = new(() => Sshd.StartAsync(new SshdOptions(
        Config: ["AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2", "StrictModes yes"], UsePam: true, Passwords: passwords, Mounts: mounts)));

    public Task<Sshd> SshdAsync() => _sshd.Value;

    /// <summary>A vault whose resource "db" is this server.</summary>
    /// <param name="port">Of something in front of it.</param>
    internal async Task<RotationVault> VaultAsync(int? port = null)
    {
        Sshd sshd = await SshdAsync();
        return await RotationVault.OpenAsync(Target.Linux(sshd, pinned: sshd.HostKey) with { Port = port ?? sshd.Port }, realTimers: true);
    }

    /// <summary>The same, with <paramref name="user"/> as db/app.</summary>
    internal async Task<RotationVault> VaultAsync(TestUser user)
    {
        RotationVault vault = await VaultAsync();
        await vault.AddAsync("db/app", user.Name, user.Password);
        return vault;
    }

    /// <summary>A user who may do what a rotation account of passwords needs.</summary>
    internal static async Task<TestUser> RotatorAsync()
    {
        TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo(Chpasswd);
        return rotator;
    }

    internal static void Promoted(Result<RotationRecord> row) => Assert.True(Ok(row).State == RotationState.Promoted, $"{row.Value.State}: {row.Value.Error}");

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
