using System.Security.Cryptography;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The tools that carry files, as they are.</summary>
public sealed class FileTransferTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    [Fact]
    public async Task Sftp_puts_gets_and_lists()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        string big = MakeFile(world.Files.PathOf("big"), 20_000_000);

        RunResult result = await world.BashAsync($"""
            printf 'put big {remote.Path}/big\nls -l {remote.Path}\nget {remote.Path}/big back\nmkdir {remote.Path}/d\nrename {remote.Path}/big {remote.Path}/d/moved\nls {remote.Path}/d\nbye\n' | sftp $F -b - web
            """);

        Assert.Contains("20000000", result.Succeeded().Text, StringComparison.Ordinal);
        Assert.Contains("moved", result.Text, StringComparison.Ordinal);
        Assert.Equal(Sum(big), Sum(world.Files.PathOf("back")));
        Assert.Equal(Sum(big), Sum(remote.PathOf("d/moved")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-O")]
    public async Task Scp_carries_a_tree_both_ways(string protocol)
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        using TempFolder local = new();
        MakeTree(local.PathOf("tree"));

        (await world.BashAsync($"scp {protocol} $F -r -p {local.Path}/tree web:{remote.Path}/ && scp {protocol} $F -r -p web:{remote.Path}/tree {local.Path}/back")).Succeeded();

        Assert.Equal(Tree(local.PathOf("tree")), Tree(remote.PathOf("tree")));
        Assert.Equal(Tree(local.PathOf("tree")), Tree(local.PathOf("back")));
    }

    [Fact]
    public async Task Rsync_carries_a_tree_and_then_only_what_changed()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        using TempFolder local = new();
        MakeTree(local.PathOf("tree"));

        (await world.BashAsync($"rsync -a -e \"ssh $F\" {local.Path}/tree/ web:{remote.Path}/")).Succeeded();
        Assert.Equal(Tree(local.PathOf("tree")), Tree(remote.Path));
        await File.AppendAllTextAsync(local.PathOf("tree/deep/er/a file"), "more");
        RunResult again = await world.BashAsync($"rsync -a -i -e \"ssh $F\" {local.Path}/tree/ web:{remote.Path}/");

        Assert.Single(again.Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("<f", StringComparison.Ordinal));
        (await world.BashAsync($"rsync -a -e \"ssh $F\" web:{remote.Path}/ {local.Path}/back/")).Succeeded();
        Assert.Equal(Tree(local.PathOf("tree")), Tree(local.PathOf("back")));
    }

    [Fact]
    public async Task Git_clones_and_pushes()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();

        RunResult result = await world.BashAsync($"""
            set -e
            export GIT_SSH_COMMAND="ssh $F" GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
            git init -q --bare -b main {remote.Path}/repo.git
            git clone -q web:{remote.Path}/repo.git clone
            cd clone; head -c 3000000 /dev/urandom > blob; git add blob; git commit -q -m first; git push -q origin HEAD:main
            cd ..; git clone -q web:{remote.Path}/repo.git second; cmp clone/blob second/blob; git -C second log --format=%s
            """);

        Assert.Equal("first\n", result.Succeeded().Text);
    }

    private static void MakeTree(string path)
    {
        Directory.CreateDirectory(Path.Combine(path, "deep", "er"));
        MakeFile(Path.Combine(path, "empty"), 0);
        MakeFile(Path.Combine(path, "binary"), 3_000_000);
        MakeFile(Path.Combine(path, "deep", "er", "a file"), 70_001);
        for (int i = 0; i < 100; i++)
        {
            MakeFile(Path.Combine(path, "deep", $"n{i}"), i * 37);
        }
    }

    private static string MakeFile(string path, int size)
    {
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(size));
        return path;
    }

    private static string Sum(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static List<string> Tree(string path) =>
        [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file) + " " + Sum(file)).Order(StringComparer.Ordinal)];
}
