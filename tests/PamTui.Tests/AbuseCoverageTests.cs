using System.Text.RegularExpressions;

namespace PamTui.Tests;

/// <summary>docs/abuse-coverage.md says which test stands for which mistake of others. This keeps it true.</summary>
public sealed partial class AbuseCoverageTests
{
    /// <summary>Transport, sign-in, channels, host keys the target's leg, rotation, databases; the gaps are numbers that were never given.</summary>
    private static readonly string[] s_cases =
    [
        "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A9", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A19",
        "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B13", "B14", "B15", "B17", "B18", "B19", "B20", "B21", "B22", "B23", "B24",
        "C1", "C2", "C5", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14",
        "D1", "D3", "D4", "D5", "D6", "D7", "D8",
        "F3", "F5",
        "G1", "G3", "G4", "G5", "G6", "G7", "G8", "G10",
    ];

    private static readonly string s_top = Top();

    [Fact]
    public void Every_case_has_a_line_and_every_line_a_test_or_a_reason()
    {
        string[][] rows = Rows();

        Assert.Equal(s_cases, rows.Select(row => row[0]).Distinct());
        Assert.All(rows, row => Assert.True(TestName().IsMatch(row[1]) || row[1].StartsWith("none:", StringComparison.Ordinal), $"{row[0]}: {row[1]}"));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        HashSet<string> inDocs = [.. Rows().SelectMany(row => TestName().Matches(row[1])).Select(match => match.Value.Trim('`'))];
        HashSet<string> inCode = [.. Directory.EnumerateFiles(Path.Combine(s_top, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("artifacts", StringComparison.Ordinal))
            .SelectMany(file => Declared().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)];

        Assert.Empty(inDocs.Except(inCode));
    }

    private static string[][] Rows() =>
        [.. File.ReadAllLines(Path.Combine(s_top, "docs", "abuse-coverage.md"))
            .Where(line => CaseRow().IsMatch(line))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    private static string Top()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PamTui.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder;
    }

    [GeneratedRegex(@"^\| [A-G]\d+ \|")]
    private static partial Regex CaseRow();

    [GeneratedRegex("`[A-Za-z0-9_]+`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?:Task|void) ([A-Za-z0-9_]+)\(")]
    private static partial Regex Declared();
}
