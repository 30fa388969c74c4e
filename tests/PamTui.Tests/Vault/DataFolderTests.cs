using System.Runtime.Versioning;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Tests.VaultTests;

[UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");

    private string Folder => Path.Combine(_temp.FullName, "vault");

    [Fact]
    public void New_folder_is_for_its_owner_alone()
    {
        DataFolder folder = DataFolder.CreateOrOpen(Folder).Value;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupExecute)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void Folder_that_others_can_enter_is_refused_and_left_as_it_is(UnixFileMode more)
    {
        string path = DataFolder.CreateOrOpen(Folder).Value.Path;
        UnixFileMode mode = File.GetUnixFileMode(path) | more;
        File.SetUnixFileMode(path, mode);

        Refusal refusal = DataFolder.CreateOrOpen(Folder).Refusal!;

        Assert.Equal(RefusalKind.NotAllowed, refusal.Kind);
        Assert.Contains("chmod 700", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(mode, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Missing_folder_is_not_made_by_opening()
    {
        Assert.Equal(RefusalKind.NotFound, DataFolder.Open(Folder).Refusal!.Kind);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void Private_file_is_written_for_its_owner_alone_and_replaced_as_a_whole()
    {
        DataFolder folder = DataFolder.CreateOrOpen(Folder).Value;
        folder.WritePrivate("key", "the first and longer"u8);
        folder.WritePrivate("key", "second"u8);

        Assert.Equal("second"u8.ToArray(), folder.ReadPrivate("key", 100).Value);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.FileOf("key")));
        Assert.Equal(["key"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Private_file_that_others_can_read_or_that_is_too_long_is_refused()
    {
        DataFolder folder = DataFolder.CreateOrOpen(Folder).Value;
        folder.WritePrivate("key", new byte[11]);

        Assert.Equal(RefusalKind.Invalid, folder.ReadPrivate("key", 10).Refusal!.Kind);

        File.SetUnixFileMode(folder.FileOf("key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal(RefusalKind.NotAllowed, folder.ReadPrivate("key", 100).Refusal!.Kind);
        Assert.Null(folder.ReadPrivate("none", 100).Value);
    }

    public void Dispose() => _temp.Delete(recursive: true);
}
