using System.Net;
using Microsoft.Extensions.Time.Testing;
using PamTui.Gateway;
using PamTui.Gateway.Listener;

namespace PamTui.Tests.GatewayTests;

public sealed class AdmissionTests
{
    private static readonly IPAddress s_a = IPAddress.Parse("203.0.113.7");
    private static readonly IPAddress s_b = IPAddress.Parse("203.0.113.8");

    private readonly FakeTimeProvider _time = new();
    private readonly GatewayOptions _options = new();

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8:1:2::7")]
    public void A17_one_source_that_opens_200_keeps_no_other_out(string attacker)
    {
        Admission admission = new(_time, () => 0);
        IPAddress source = IPAddress.Parse(attacker);

        int let = Enumerable.Range(0, 200).Count(_ => admission.Enter(source, _options).Ticket is not null);

        Assert.Equal(_options.MaxStartupsPerSource, let);
        Assert.NotNull(admission.Enter(s_b, _options).Ticket);
        Assert.NotNull(admission.Enter(IPAddress.Parse("2001:db8:1:3::1"), _options).Ticket);
    }

    [Fact]
    public void A17_addresses_of_one_64_are_one_source_and_mapped_IPv4_is_IPv4()
    {
        Assert.Equal(SourceKey.Of(IPAddress.Parse("2001:db8:1:2::7")), SourceKey.Of(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.NotEqual(SourceKey.Of(IPAddress.Parse("2001:db8:1:2::7")), SourceKey.Of(IPAddress.Parse("2001:db8:1:3::7")));
        Assert.Equal(SourceKey.Of(s_a), SourceKey.Of(s_a.MapToIPv6()));
        Assert.NotEqual(SourceKey.Of(IPAddress.Parse("0.0.0.1")), SourceKey.Of(IPAddress.Parse("::1:0:0:0:0")));
    }

    [Fact]
    public void Sign_in_makes_room_for_the_next_start_and_the_end_makes_room_for_all()
    {
        GatewayOptions options = _options with { MaxStartupsPerSource = 1, MaxConnections = 2 };
        Admission admission = new(_time, () => 99);
        Admission.Ticket first = admission.Enter(s_a, options).Ticket!;
        Assert.Equal(TurnedAway.StartupsOfSource, admission.Enter(s_a, options).Why);

        first.SignedIn();
        Assert.NotNull(admission.Enter(s_a, options).Ticket);
        Assert.Equal(TurnedAway.Full, admission.Enter(s_b, options).Why);

        first.Dispose();
        first.Dispose();
        first.SignedIn();
        Assert.Equal(1, admission.Count);
        Assert.NotNull(admission.Enter(s_b, options).Ticket);
    }

    [Fact]
    public void Between_the_two_caps_some_are_dropped_at_random_and_at_the_second_all()
    {
        GatewayOptions options = _options with { StartDropping = 2, DropPercent = 50, MaxStartups = 4, MaxStartupsPerSource = 100 };
        int percent = 50;
        Admission admission = new(_time, () => percent);

        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(_ => admission.Enter(s_a, options).Ticket is not null));
        Assert.Equal(TurnedAway.Startups, admission.Enter(s_a, options).Why);

        percent = 99;
        Assert.NotNull(admission.Enter(s_a, options).Ticket);
        Assert.Equal(TurnedAway.Startups, admission.Enter(s_a, options).Why);
    }

    [Fact]
    public void A17_source_that_keeps_failing_is_turned_away_until_its_penalties_have_decayed()
    {
        Admission admission = new(_time, () => 99);
        for (int i = 0; i < 3; i++)
        {
            using Admission.Ticket ticket = admission.Enter(s_a, _options).Ticket!;
            Assert.Equal(i == 2, ticket.Penalise(Penalty.SignInFailed));
        }

        Assert.Equal(TurnedAway.Penalty, admission.Enter(s_a, _options).Why);
        Assert.NotNull(admission.Enter(s_b, _options).Ticket);

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.NotNull(admission.Enter(s_a, _options).Ticket);
    }

    [Fact]
    public void Exempt_networks_and_a_switched_off_option_take_no_penalties()
    {
        foreach (GatewayOptions options in new[] { _options with { PenaltyExempt = ["203.0.113.0/24"] }, _options with { SourcePenalties = false } })
        {
            Admission admission = new(_time, () => 99);
            for (int i = 0; i < 10; i++)
            {
                using Admission.Ticket ticket = admission.Enter(s_a, options).Ticket!;
                ticket.Penalise(Penalty.GraceExceeded);
            }

            Assert.NotNull(admission.Enter(s_a, options).Ticket);
        }
    }

    [Fact]
    public void Penalties_of_strangers_cannot_fill_the_memory()
    {
        SourcePenalties penalties = new(_time);
        for (uint i = 0; i < 70_000; i++)
        {
            penalties.Add(new SourceKey(i, false), Penalty.GraceExceeded);
        }

        penalties.Add(new SourceKey(69_999, false), Penalty.GraceExceeded);
        Assert.False(penalties.TurnsAway(new SourceKey(69_999, false)));

        _time.Advance(TimeSpan.FromSeconds(11));
        penalties.Add(new SourceKey(69_999, false), Penalty.GraceExceeded);
        penalties.Add(new SourceKey(69_999, false), Penalty.GraceExceeded);
        Assert.True(penalties.TurnsAway(new SourceKey(69_999, false)));
    }
}
