namespace PamTui.Tests.Tui;

/// <summary>
/// The pictures of the README are the golden screens, drawn. <c>PAMTUI_UPDATE_PICTURES=1 ./test.sh PamTui.Tests -- -class '*PicturesTests'</c>
/// draws them anew.
/// </summary>
public sealed class PicturesTests
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    [Theory]
    [InlineData("home-80x24", 80, 24)]
    [InlineData("accounts-80x24", 80, 24)]
    [InlineData("failed-check-80x24", 80, 24)]
    [InlineData("palette-80x24", 80, 24)]
    public async Task A_picture_shows_what_the_screen_shows(string name, int columns, int rows)
    {
        string golden = await File.ReadAllTextAsync(Path.Combine(s_root, "tests/PamTui.Tests/Tui/Golden", name + ".txt"));
        string drawn = ScreenPicture.Svg(golden, columns, rows);
        string file = Path.Combine(s_root, "docs/pictures", name + ".svg");
        if (Environment.GetEnvironmentVariable("PAMTUI_UPDATE_PICTURES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, drawn);
        }

        Assert.Equal(drawn, await File.ReadAllTextAsync(file));
    }
}
