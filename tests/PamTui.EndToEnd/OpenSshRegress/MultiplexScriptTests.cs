namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>Many channels on the connection of a control master.</summary>
public sealed class MultiplexScriptTests(RegressBench bench) : IClassFixture<RegressBench>
{
    [Fact]
    public async Task Multiplex_passes_but_for_forwarding_which_no_account_has() => await bench.RunAsync(
        "multiplex",
        "/^verbose \"test $tid: forward\"/,/^for s in 0 1 4 5 44; do$/{/^for s in 0 1 4 5 44; do$/!d}",
        "/^verbose \"test $tid: cmd forward local (TCP)\"/,/^verbose \"test $tid: cmd exit\"/{/^verbose \"test $tid: cmd exit\"/!d}");
}
