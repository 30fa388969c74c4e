namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>Every cipher and key exchange, again and again in one connection.</summary>
public sealed class RekeyScriptTests(RegressBench bench) : IClassFixture<RegressBench>
{
    [Fact]
    public async Task Rekey_passes_for_all_that_the_client_starts() => await bench.RunAsync(
        "rekey",
        // Of the client's rekeys by time one length of two; rekeys by the server's RekeyLimit are a setting of sshd's.
        "s/for s in 5 10; do/for s in 5; do/",
        "/verbose \"server rekeylimit \\${s}\"/,$c\\:; done");
}
