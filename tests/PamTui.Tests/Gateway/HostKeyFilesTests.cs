using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway.Listener;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

[UnsupportedOSPlatform("windows")]
public sealed class HostKeyFilesTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _temp = new();

    private DataFolder Folder => DataFolder.CreateOrOpen(_temp.PathOf("data")).Value;

    [Fact]
    public async Task First_start_makes_a_key_of_each_type_for_the_owner_alone_that_OpenSSH_reads()
    {
        using HostKeys keys = Make();

        Assert.Equal(["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"], keys.All.Select(key => key.PublicKey.KeyType));
        foreach (string file in Directory.GetFiles(HostKeyFiles.FolderOf(Folder)))
        {
            Assert.Equal(OwnerFile, File.GetUnixFileMode(file));
        }

        RunResult shown = await Run.ProgramAsync("ssh-keygen", "-y", "-f", Path.Combine(HostKeyFiles.FolderOf(Folder), "ssh_host_rsa_key"));
        Assert.StartsWith(keys.PublicLines[2], shown.Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_start_finds_the_same_identity()
    {
        using HostKeys first = Make();
        using HostKeys second = Make();

        Assert.Equal(first.PublicLines, second.PublicLines);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Key_that_others_can_reach_is_refused_with_what_to_do(UnixFileMode more)
    {
        MadeHostKeys.CopyTo(Folder.Path);
        File.SetUnixFileMode(KeyFile("ssh_host_ecdsa_key"), OwnerFile | more);

        Refusal refusal = HostKeyFiles.Load(Folder).Refusal!;

        Assert.Equal(RefusalKind.NotAllowed, refusal.Kind);
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_key_is_refused_by_name_and_never_made_anew()
    {
        MadeHostKeys.CopyTo(Folder.Path);
        File.WriteAllText(KeyFile("ssh_host_ed25519_key"), "no key");

        Refusal refusal = HostKeyFiles.LoadOrMake(Folder, NullLogger.Instance).Refusal!;

        Assert.Contains("ssh_host_ed25519_key", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("no key", File.ReadAllText(KeyFile("ssh_host_ed25519_key")));
    }

    [Theory]
    [InlineData("ssh_host_rsa_key")]
    [InlineData("ssh_host_ed25519_key-cert.pub")]
    public void File_that_cannot_be_read_is_a_refusal_and_ends_no_gateway(string name)
    {
        MadeHostKeys.CopyTo(Folder.Path);
        File.Delete(KeyFile(name));

        // The tests may run as root, whom no mode keeps out; the first byte of this one cannot be read by anybody.
        File.CreateSymbolicLink(KeyFile(name), "/proc/self/mem");

        Refusal refusal = HostKeyFiles.Load(Folder).Refusal!;

        Assert.Contains("cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_types_that_an_operator_removed_stay_removed_and_none_is_refused()
    {
        MadeHostKeys.CopyTo(Folder.Path);
        File.Delete(KeyFile("ssh_host_rsa_key"));
        File.Delete(KeyFile("ssh_host_ecdsa_key"));
        using (HostKeys keys = Make())
        {
            Assert.Equal("ssh-ed25519", keys.All.Single().PublicKey.KeyType);
        }

        File.Delete(KeyFile("ssh_host_ed25519_key"));
        Assert.Equal(RefusalKind.NotFound, HostKeyFiles.LoadOrMake(Folder, NullLogger.Instance).Refusal!.Kind);
    }

    public void Dispose() => _temp.Dispose();

    private string KeyFile(string name) => Path.Combine(HostKeyFiles.FolderOf(Folder), name);

    private HostKeys Make() => HostKeyFiles.LoadOrMake(Folder, NullLogger.Instance).Value;
}
