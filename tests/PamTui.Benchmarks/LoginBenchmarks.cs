using BenchmarkDotNet.Attributes;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Model;

namespace PamTui.Benchmarks;

/// <summary>What a sign-in and each new channel ask of <see cref="SampleVault"/>.</summary>
[MinColumn]
[MedianColumn]
public class LoginBenchmarks
{
    private Product _product = null!;
    private long _member;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        (_product, Actor member) = await SampleVault.OpenAsync();
        _member = member.UserId!.Value;
    }

    [Benchmark]
    public Task<LoginTarget> ByAlias() => _product.Authorizer.ResolveAsync(_member, "alias-500", null, CancellationToken.None);

    [Benchmark]
    public Task<LoginTarget> ByName() => _product.Authorizer.ResolveAsync(_member, "svc-499", null, CancellationToken.None);

    [Benchmark]
    public Task<LoginTarget> ByNameAndResource() => _product.Authorizer.ResolveAsync(_member, "svc-499", "host-00499", CancellationToken.None);

    [Benchmark]
    public Task<AccessGrant?> Authorize() => _product.Authorizer.AuthorizeAsync(_member, new AccountRef("host-00499", "svc-499"), Capability.Connect, CancellationToken.None);
}
