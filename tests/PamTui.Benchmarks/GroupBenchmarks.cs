using BenchmarkDotNet.Attributes;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Benchmarks;

/// <summary>The counts of a list as a tree by a key of few values (env) and of one value an account (ticket), in <see cref="SampleVault"/>.</summary>
[MinColumn]
[MedianColumn]
public class GroupBenchmarks
{
    private Product _product = null!;
    private Actor _member = null!;

    [Params("env", "ticket")]
    public string Key { get; set; } = "";

    [Params("", "team=team-3", "number", "-kind=mysql")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public async Task OpenAsync() => (_product, _member) = await SampleVault.OpenAsync();

    [Benchmark]
    public async Task<int> GroupsAsAdmin() => (await _product.Groupings.AccountsAsync(SampleVault.Local, Filter, Key, CancellationToken.None)).Value.Groups.Count;

    [Benchmark]
    public async Task<int> GroupsAsMember() => (await _product.Groupings.AccountsAsync(_member, Filter, Key, CancellationToken.None)).Value.Groups.Count;
}
