using BenchmarkDotNet.Attributes;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Benchmarks;

/// <summary>The first page (100 accounts and the count of all that match) of a list in <see cref="SampleVault"/>.</summary>
[MinColumn]
[MedianColumn]
public class AccountBenchmarks
{
    private Product _product = null!;
    private Actor _member = null!;

    [Params(
        "",
        "env=prod",
        "env=prod team=team-3",
        "env=prod kind=mysql",
        "env!=prod",
        "team=team-3 OR owner=owner-7",
        "ticket=T-77777",
        "kind=mysql",
        "resource=host-05000",
        "number",
        "number kind=mysql",
        "-team",
        "-team -env",
        "env=prod -team",
        "env=prod team",
        "env~ro",
        "team~team-1",
        "ticket~77",
        "env=prod team~1",
        "cost~cc-1 team~2")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public async Task OpenAsync() => (_product, _member) = await SampleVault.OpenAsync();

    [Benchmark]
    public async Task<int> PageAsAdmin() => (await _product.Accounts.ListAsync(SampleVault.Local, Filter, new PageRequest(), CancellationToken.None)).Value.Total;

    [Benchmark]
    public async Task<int> PageAsMember() => (await _product.Accounts.ListAsync(_member, Filter, new PageRequest(), CancellationToken.None)).Value.Total;
}
