using System.Globalization;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

public sealed class PostgresBreadthTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    /// <summary>A script of our own, which needs nothing fetched as PostgreSQL's regression SQL does: it prints, and fails, in as many ways.</summary>
    [Fact]
    public async Task Much_of_sql_prints_the_same_bytes_with_and_without_the_gateway()
    {
        string script = fixture.Tunnel.Gateway.Temp.PathOf("breadth.sql");
        using (Stream resource = typeof(PostgresBreadthTests).Assembly.GetManifestResourceStream("breadth.sql")!)
        await using (FileStream file = File.Create(script))
        {
            await resource.CopyToAsync(file, TestContext.Current.CancellationToken);
        }

        string large = fixture.Tunnel.Gateway.Temp.Write("large-object", "an object of some size\n");

        RunResult direct = await RunAsync(fixture.Tunnel.Server.Port, script, large);
        RunResult through = await RunAsync(fixture.Tunnel.Port, script, large);

        Assert.Contains("P0042", direct.Text, StringComparison.Ordinal);
        Assert.True(direct.Output.Length > 200_000, direct.ToString());
        Assert.Equal(Plain(direct.Text), Plain(through.Text));
        Assert.Equal(direct.ExitCode, through.ExitCode);
        Assert.Equal("closed", (await EndReasonAsync())!);
    }

    // The numbers of large objects count on.
    private static string Plain(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(lo_import|\\(oid|large object) \\d+", "$1 N");

    private async Task<string?> EndReasonAsync()
    {
        await Poll.UntilAsync("the end", async () => (await fixture.Tunnel.LastSessionAsync()).Ended is not null);
        return (await fixture.Tunnel.LastSessionAsync()).EndReason;
    }

    private static Task<RunResult> RunAsync(int port, string script, string large) => Run.ProgramAsync(
        "bash",
        ["-c", "exec psql -X -a -h 127.0.0.1 -p \"$1\" -U analytics -v lo_file=\"$3\" shop < \"$2\" 2>&1", "psql", port.ToString(CultureInfo.InvariantCulture), script, large],
        null,
        new Dictionary<string, string?> { ["PGPASSWORD"] = PostgresTunnel.Password, ["LC_ALL"] = "C.UTF-8" });
}
