using PamTui.Tests.CoreTests;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

/// <summary>The parts of the details, whole screens as text files.</summary>
public sealed class DetailsGoldenTests
{
    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Parts_of_a_resource(int columns, int rows)
    {
        await using TestVault vault = await GoldenTests.AwkwardAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: At("resource", "web-1"));
        await run.SeesAsync("Sessions 0");
        await run.SeesAsync("front end of the shop");
        string size = $"{columns}x{rows}";
        if (columns < 110)
        {
            await GoldenTests.MatchesAsync(run, "resource-fields-" + size);
            run.Type("l");
        }

        foreach ((string part, string file) in ((string, string)[])[("[Accounts 2]", "accounts"), ("[Host keys 1]", "host-keys"), ("[Metadata 1]", "metadata")])
        {
            await run.SeesAsync(part);
            await GoldenTests.MatchesAsync(run, $"resource-{file}-{size}");
            run.Type("l");
        }
    }

    private static ShellState At(string screen, string subject)
    {
        ShellState state = new();
        state.Places.Add(new Place(screen, subject));
        return state;
    }
}
