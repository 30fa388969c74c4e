namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>Every key exchange, several times.</summary>
public sealed class KextypeScriptTests(RegressBench bench) : IClassFixture<RegressBench>
{
    [Fact]
    public async Task Kextype_passes_as_it_is() => await bench.RunAsync("kextype");
}
