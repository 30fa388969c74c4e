using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Gateway.Forwarding;

namespace PamTui.Tests.GatewayTests;

/// <summary>A place is compared with all that the vault has at its port, at a price that has a bound.</summary>
public sealed class ForwardCheckTests
{
    private static readonly HostPort s_wiki = HostPort.Parse("wiki.corp:443").Value;
    private static readonly IPAddress s_elsewhere = IPAddress.Parse("192.0.2.200");

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentDictionary<string, IPAddress> _leads = new() { ["wiki.corp"] = IPAddress.Parse("192.0.2.1") };

    [Fact]
    public async Task Ten_thousand_addresses_are_compared_without_a_question_and_the_one_that_fits_is_found()
    {
        List<string> hosts = [.. Enumerable.Range(0, 10_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"10.1.{number / 250}.{number % 250}"))];

        Assert.Equal([IPAddress.Parse("192.0.2.1")], (await CheckAsync(hosts)).Value);
        Assert.Contains("what the vault manages", (await CheckAsync([.. hosts, "::ffff:192.0.2.1"])).Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(["wiki.corp"], _asked.Distinct());
    }

    [Fact]
    public async Task Ten_thousand_names_at_one_port_are_not_asked_for_and_no_permission()
    {
        Refusal refusal = (await CheckAsync(Names(10_000))).Refusal!;

        Assert.Equal(RefusalKind.NotAllowed, refusal.Kind);
        Assert.Contains("10000 hosts at that port are known by name, and 2000 are looked up at most", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["wiki.corp"], _asked);
    }

    [Fact]
    public async Task Fifty_forwardings_at_once_ask_for_each_of_two_thousand_names_once_and_later_ones_for_none()
    {
        ForwardCheck check = Make(Names(ForwardCheck.MaxNames));

        Result<IPAddress[]>[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => check.AddressesAsync(s_wiki, TestClient.Ct))));
        _time.Advance(LookUps.MaxAge - TimeSpan.FromSeconds(1));
        Result<IPAddress[]> later = await check.AddressesAsync(s_wiki, TestClient.Ct);

        Assert.All(all.Append(later), one => Assert.True(one.IsOk));
        Assert.Equal(ForwardCheck.MaxNames + 1, _asked.Count);
    }

    [Fact]
    public async Task Managed_host_that_moves_to_the_place_is_seen_when_the_answers_are_old()
    {
        ForwardCheck check = Make(["managed.example"]);
        Assert.True((await check.AddressesAsync(s_wiki, TestClient.Ct)).IsOk);

        _leads["managed.example"] = _leads["wiki.corp"];
        _time.Advance(LookUps.MaxAge);

        Assert.Equal(RefusalKind.NotAllowed, (await check.AddressesAsync(s_wiki, TestClient.Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task What_is_added_to_the_vault_is_compared_at_once_whatever_is_kept()
    {
        List<string> hosts = ["other.example"];
        ForwardCheck check = Make(hosts);
        Assert.True((await check.AddressesAsync(s_wiki, TestClient.Ct)).IsOk);

        _leads["new.example"] = _leads["wiki.corp"];
        hosts.Add("new.example");

        Assert.Equal(RefusalKind.NotAllowed, (await check.AddressesAsync(s_wiki, TestClient.Ct)).Refusal!.Kind);
    }

    private static IReadOnlyList<string> Names(int count) => [.. Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"host-{number}.example"))];

    private Task<Result<IPAddress[]>> CheckAsync(IReadOnlyList<string> hosts) => Make(hosts).AddressesAsync(s_wiki, TestClient.Ct);

    private ForwardCheck Make(IReadOnlyList<string> hosts) => new(
        (_, _) => Task.FromResult(new ManagedPlaces(hosts, [])),
        new LookUps(
            (name, _) =>
            {
                _asked.Enqueue(name);
                return Task.FromResult<IPAddress[]>([_leads.GetValueOrDefault(name, s_elsewhere)]);
            },
            _time,
            CancellationToken.None),
        () => 22);
}
