using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Rotation;

namespace PamTui.Tests.Rotation;

/// <summary>When a credential is due, as a table: no clock runs.</summary>
public sealed class RotationTimesTests
{
    private static readonly DateTimeOffset s_made = At("2026-03-01T12:00Z");

    [Fact]
    public void Credential_is_due_an_interval_after_the_last_rotation_and_before_any_after_the_account_was_made()
    {
        RotationPolicy policy = Policy("30d");
        Assert.Equal((RotationOutlookState.Scheduled, At("2026-03-31T12:00Z")), Of(Account(), policy, "2026-03-31T11:59Z"));
        Assert.Equal((RotationOutlookState.Due, At("2026-03-31T12:00Z")), Of(Account(), policy, "2026-03-31T12:00Z"));
        Assert.Equal((RotationOutlookState.Scheduled, At("2026-04-09T12:00Z")), Of(Account(last: "2026-03-10T12:00Z"), policy, "2026-03-31T12:00Z"));
    }

    [Theory]
    [InlineData("2026-03-02T12:00Z", RotationOutlookState.Scheduled, "2026-03-08T01:00Z")]
    [InlineData("2026-03-08T01:30Z", RotationOutlookState.Due, "2026-03-08T01:00Z")]
    [InlineData("2026-03-08T03:00Z", RotationOutlookState.Scheduled, "2026-03-15T01:00Z")]
    [InlineData("2026-03-28T12:00Z", RotationOutlookState.Scheduled, "2026-03-29T01:00Z")]
    [InlineData("2026-03-29T01:59Z", RotationOutlookState.Due, "2026-03-29T01:00Z")]
    [InlineData("2026-03-29T02:00Z", RotationOutlookState.Scheduled, "2026-04-05T00:00Z")]
    [InlineData("2026-10-24T12:00Z", RotationOutlookState.Scheduled, "2026-10-25T00:00Z")]
    [InlineData("2026-10-25T02:59Z", RotationOutlookState.Due, "2026-10-25T00:00Z")]
    [InlineData("2026-10-25T03:00Z", RotationOutlookState.Scheduled, "2026-11-01T01:00Z")]
    public void With_a_window_it_is_due_only_in_it_and_one_that_passed_unused_gives_way_to_the_next(string now, RotationOutlookState state, string next) =>
        Assert.Equal((state, At(next)), Of(Account(), Policy("1d", "Sun 02:00-04:00 Europe/Berlin"), now));

    [Fact]
    public void Jitter_spreads_the_accounts_stays_the_same_for_a_cycle_and_never_leaves_the_window()
    {
        RotationPolicy policy = Policy("1d", jitter: "2h");
        RotationPolicy inWindow = Policy("1d", "daily 02:00-04:00 UTC", "12h");
        List<DateTimeOffset> moments = [];
        for (int id = 1; id <= 200; id++)
        {
            Account account = Account(id: id);
            DateTimeOffset? next = Of(account, policy, "2026-03-01T13:00Z").Next;
            Assert.Equal(next, Of(account, policy, "2026-03-02T11:00Z").Next);
            Assert.InRange(next!.Value, At("2026-03-02T12:00Z"), At("2026-03-02T14:00Z"));
            moments.Add(next.Value);
            Assert.InRange(Of(account, inWindow, "2026-03-01T13:00Z").Next!.Value, At("2026-03-03T02:00Z"), At("2026-03-03T03:00Z"));
        }

        Assert.True(moments.Distinct().Count() > 190);
        Assert.True(moments.Count(at => at < At("2026-03-02T13:00Z")) is > 60 and < 140);
        Assert.NotEqual(Of(Account(last: "2026-04-01T00:00Z"), policy, "2026-04-01T00:00Z").Next - At("2026-04-02T00:00Z"), Of(Account(last: "2026-05-01T00:00Z"), policy, "2026-05-01T00:00Z").Next - At("2026-05-02T00:00Z"));
    }

    [Theory]
    [InlineData(1, 15)]
    [InlineData(2, 30)]
    [InlineData(3, 60)]
    [InlineData(7, 960)]
    [InlineData(8, 1440)]
    [InlineData(1000, 1440)]
    public void Wait_after_failures_doubles_from_a_quarter_of_an_hour_to_a_day(int failures, int minutes) => Assert.Equal(minutes, RotationTimes.Wait(failures).TotalMinutes);

    [Fact]
    public void Failures_put_off_the_next_attempt_and_the_eighth_stops_it()
    {
        RotationPolicy policy = Policy("1d");
        for (int failures = 1; failures < RotationTimes.MaxTries; failures++)
        {
            Account failed = Account(failures: failures, failed: "2026-04-01T12:00Z");
            DateTimeOffset again = At("2026-04-01T12:00Z") + RotationTimes.Wait(failures);
            Assert.Equal((RotationOutlookState.Retrying, again), RotationTimes.Of(failed, policy, false, again.AddTicks(-1)));
            Assert.Equal(RotationOutlookState.Due, RotationTimes.Of(failed, policy, false, again).State);
        }

        Assert.Equal((RotationOutlookState.Stopped, null), Of(Account(failures: 8, failed: "2026-04-01T12:00Z"), policy, "2027-01-01T00:00Z"));
    }

    [Fact]
    public void Failure_of_a_credential_that_was_not_due_makes_it_no_sooner_due()
    {
        Account tried = Account(last: "2026-03-20T12:00Z", failures: 1, failed: "2026-03-21T12:00Z");
        Assert.Equal((RotationOutlookState.Scheduled, At("2026-04-19T12:00Z")), Of(tried, Policy("30d"), "2026-03-22T12:00Z"));
    }

    [Fact]
    public void Attempt_after_a_failure_waits_for_the_window_too()
    {
        Account failed = Account(failures: 1, failed: "2026-03-08T02:50Z");
        RotationPolicy policy = Policy("1d", "Sun 02:00-04:00 Europe/Berlin");
        Assert.Equal((RotationOutlookState.Scheduled, At("2026-03-15T01:00Z")), Of(failed, policy, "2026-03-08T03:06Z"));
        Assert.Equal(RotationOutlookState.Due, Of(failed, policy, "2026-03-15T01:00Z").State);
    }

    [Fact]
    public void Open_session_is_waited_for_or_not_as_the_policy_says()
    {
        Assert.Equal(RotationOutlookState.WaitingForSessions, RotationTimes.Of(Account(), Policy("1d"), true, At("2026-04-01T12:00Z")).State);
        Assert.Equal(RotationOutlookState.Due, RotationTimes.Of(Account(), Policy("1d", waits: false), true, At("2026-04-01T12:00Z")).State);
        Assert.Equal(RotationOutlookState.Scheduled, RotationTimes.Of(Account(), Policy("1d"), true, At("2026-03-01T13:00Z")).State);
    }

    [Fact]
    public void Credential_that_somebody_saw_is_due_sooner()
    {
        RotationPolicy policy = Policy("30d", afterReveal: TimeSpan.FromHours(1));
        Assert.Equal((RotationOutlookState.Scheduled, At("2026-03-05T13:00Z")), Of(Account(revealed: "2026-03-05T12:00Z"), policy, "2026-03-05T12:30Z"));
        Assert.Equal(RotationOutlookState.Due, Of(Account(revealed: "2026-03-05T12:00Z"), policy, "2026-03-05T13:00Z").State);
        Assert.Equal(At("2026-04-05T12:00Z"), Of(Account(last: "2026-03-06T12:00Z", revealed: "2026-03-05T12:00Z"), policy, "2026-03-07T13:00Z").Next);
        Assert.Equal(At("2026-03-31T12:00Z"), Of(Account(revealed: "2026-03-05T12:00Z"), Policy("30d"), "2026-03-07T13:00Z").Next);
    }

    [Fact]
    public void Interrupted_rotation_is_finished_whatever_the_policy_with_the_same_waits_and_without_an_end()
    {
        Account staged = Account(state: RotationState.Staged);
        Account failed = Account(state: RotationState.Staged, failures: 20, failed: "2026-04-01T12:00Z");
        Assert.Equal(RotationOutlookState.Due, Of(staged, null, "2026-03-01T12:00Z").State);
        Assert.Equal(RotationOutlookState.Due, RotationTimes.Of(staged, Policy("30d", enabled: false), true, s_made).State);
        Assert.Equal((RotationOutlookState.Retrying, At("2026-04-02T12:00Z")), Of(failed, null, "2026-04-01T13:00Z"));
        Assert.Equal(RotationOutlookState.Due, Of(failed, null, "2026-04-02T12:00Z").State);
    }

    [Fact]
    public void Nothing_is_due_without_a_policy_or_by_one_that_is_off_or_while_a_person_must_decide()
    {
        Assert.Equal((RotationOutlookState.NoPolicy, null), Of(Account(), null, "2030-01-01T00:00Z"));
        Assert.Equal((RotationOutlookState.Off, null), Of(Account(), Policy("1d", enabled: false), "2030-01-01T00:00Z"));
        Assert.Equal((RotationOutlookState.NeedsAttention, null), Of(Account(state: RotationState.NeedsAttention), Policy("1d"), "2030-01-01T00:00Z"));
    }

    [Theory]
    [InlineData("90m", 90, "90m")]
    [InlineData("1h", 60, "1h")]
    [InlineData("60m", 60, "1h")]
    [InlineData("30d", 43200, "30d")]
    [InlineData("2w", 20160, "14d")]
    public void Lengths_of_time_are_read_as_people_write_them(string text, int minutes, string shown)
    {
        TimeSpan span = Duration.Parse(text, "It", TimeSpan.FromHours(1), RotationTerms.MaxInterval, "every").Value;
        Assert.Equal((minutes, shown), ((int)span.TotalMinutes, Duration.Of(span)));
    }

    [Theory]
    [InlineData("59m")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1.5h")]
    [InlineData("30")]
    [InlineData("d")]
    [InlineData("30D")]
    [InlineData("3661d")]
    [InlineData("99999999999999999999d")]
    [InlineData("9223372036854775807w")]
    public void Other_lengths_are_refused(string text) => Assert.Equal("every", Duration.Parse(text, "It", TimeSpan.FromHours(1), RotationTerms.MaxInterval, "every").Refusal?.Field);

    internal static DateTimeOffset At(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mmK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static (RotationOutlookState State, DateTimeOffset? Next) Of(Account account, RotationPolicy? policy, string now) => RotationTimes.Of(account, policy, false, At(now));

    private static RotationPolicy Policy(string every, string? window = null, string jitter = "0m", bool waits = true, bool enabled = true, TimeSpan? afterReveal = null)
    {
        TimeSpan Span(string text) => Duration.Parse(text, "It", TimeSpan.Zero, RotationTerms.MaxInterval, "").Value;
        RotationTerms terms = new(enabled, Span(every), window is null ? null : RotationWindow.Parse(window).Value, Span(jitter), waits, false, afterReveal, null);
        return new RotationPolicy(1, "p", 10, GrantScope.Resource, "db/*", terms, s_made, s_made);
    }

    private static Account Account(int id = 7, string? last = null, RotationState? state = null, int failures = 0, string? failed = null, string? revealed = null) =>
        new(id, 1, "db", ResourceKind.PostgreSql, "app", "app", CredentialType.Password, null, "", "", Metadata.Empty, CheckState.Verified, null, null, s_made, s_made)
        {
            Rotation = new AccountRotation(state ?? (last is null ? null : RotationState.Promoted), last is null ? null : At(last), null)
            {
                Failures = failures,
                Failed = failed is null ? null : At(failed),
                Revealed = revealed is null ? null : At(revealed),
            },
        };
}
