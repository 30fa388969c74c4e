using PamTui.Servers;

namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>The scripts that take seconds, nearly all of them as they are.</summary>
public sealed class ScriptTests(RegressBench bench) : IClassFixture<RegressBench>
{
    [Theory]
    [InlineData("transfer")]
    [InlineData("try-ciphers")]
    [InlineData("proto-mismatch")]
    [InlineData("proto-version")]
    [InlineData("exit-status")]
    [InlineData("exit-status-signal")]
    [InlineData("stderr-data")]
    [InlineData("stderr-after-eof")]
    [InlineData("yes-head")]
    [InlineData("broken-pipe")]
    [InlineData("localcommand")]
    [InlineData("host-expand")]
    public async Task Script_passes_as_it_is(string script) => await bench.RunAsync(script);

    [Fact]
    public async Task Envpass_passes_up_to_the_variables_that_sshd_itself_sets() => await bench.RunAsync("envpass", "/^trace \"server setenv wins\"/,$d");

    [Fact]
    public async Task Brokenkeys_passes_and_the_vault_takes_no_broken_key_in()
    {
        World world = await bench.WorldAsync();
        string broken = world.Files.Write("broken.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAIEABTM= bad key\n");

        RunResult taken = await world.Vault.HereAsync("user", "key", "add", "alice", broken);

        Assert.NotEqual(0, taken.ExitCode);
        await bench.RunAsync("brokenkeys");
    }
}
