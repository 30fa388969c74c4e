using PamTui.Core.Model;

namespace PamTui.Tests.Rotation;

/// <summary>Hours of the week, by the clocks of a place: Berlin went from 02:00 to 03:00 on 29 March 2026 and from 03:00 back to 02:00 on 25 October 2026.</summary>
public sealed class RotationWindowTests
{
    [Theory]
    [InlineData("Sun 02:00-04:00 Europe/Berlin", "2026-03-18T12:00Z", "2026-03-22T01:00Z", "2026-03-22T03:00Z")]
    [InlineData("sun 02:00-04:00", "2026-03-18T12:00Z", "2026-03-22T02:00Z", "2026-03-22T04:00Z")]
    [InlineData("Mon-Fri 09:00-17:00 UTC", "2026-03-20T17:00Z", "2026-03-23T09:00Z", "2026-03-23T17:00Z")]
    [InlineData("Fri-Mon 09:00-17:00 UTC", "2026-03-22T18:00Z", "2026-03-23T09:00Z", "2026-03-23T17:00Z")]
    [InlineData("Mon,Wed 09:00-24:00 UTC", "2026-03-17T00:00Z", "2026-03-18T09:00Z", "2026-03-19T00:00Z")]
    [InlineData("daily 22:00-02:00 UTC", "2026-03-18T01:59Z", "2026-03-17T22:00Z", "2026-03-18T02:00Z")]
    [InlineData("Sat 22:00-02:00 UTC", "2026-03-22T01:00Z", "2026-03-21T22:00Z", "2026-03-22T02:00Z")]
    [InlineData("Sat 22:00-02:00 UTC", "2026-03-22T02:00Z", "2026-03-28T22:00Z", "2026-03-29T02:00Z")]
    [InlineData("Sun 00:00-24:00 Pacific/Kiritimati", "2026-03-21T09:00Z", "2026-03-21T10:00Z", "2026-03-22T10:00Z")]
    public void Next_one_is_found_from_any_moment(string window, string moment, string opens, string closes) => Opens(window, moment, opens, closes);

    [Theory]
    [InlineData("Sun 02:00-04:00 Europe/Berlin", "2026-03-29T01:00Z", "2026-03-29T02:00Z", "it opens when the clocks show 03:00, and is an hour long")]
    [InlineData("Sun 02:30-03:30 Europe/Berlin", "2026-03-29T01:00Z", "2026-03-29T01:30Z", "its begin is missing")]
    [InlineData("Sun 01:00-02:30 Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z", "its end is missing")]
    [InlineData("Sun 02:00-03:00 Europe/Berlin", "2026-03-29T01:00Z", "2026-03-29T02:00Z", "all of it is missing: the hour after counts")]
    [InlineData("Sat 23:00-03:30 Europe/Berlin", "2026-03-28T22:00Z", "2026-03-29T01:30Z", "it reaches over midnight into it")]
    public void Missing_hour_begins_when_the_clocks_have_been_put_forward(string window, string opens, string closes, string because)
    {
        Assert.NotEmpty(because);
        Opens(window, "2026-03-28T18:00Z", opens, closes);
    }

    [Theory]
    [InlineData("Sun 02:00-04:00 Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T03:00Z", "three hours by the sun")]
    [InlineData("Sun 02:00-03:00 Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T02:00Z", "the hour counts both times")]
    [InlineData("Sun 01:30-02:30 Europe/Berlin", "2026-10-24T23:30Z", "2026-10-25T01:30Z", "to the second 02:30")]
    [InlineData("Sun 02:30-03:30 Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T02:30Z", "from the first 02:30")]
    public void Hour_that_comes_twice_counts_both_times(string window, string opens, string closes, string because)
    {
        Assert.NotEmpty(because);
        Opens(window, "2026-10-24T18:00Z", opens, closes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sun")]
    [InlineData("Sun 02:00")]
    [InlineData("Sunday 02:00-04:00")]
    [InlineData("Sun 02:00-02:00")]
    [InlineData("Sun 24:00-02:00")]
    [InlineData("Sun 2:00-4:00")]
    [InlineData("Sun 25:00-26:00")]
    [InlineData("Sun-Mon-Tue 02:00-04:00")]
    [InlineData("Sun 02:00-04:00 Europe/Nowhere")]
    [InlineData("Sun 02:00-04:00 ../../../etc/localtime")]
    [InlineData("Sun 02:00-04:00 /etc/localtime")]
    [InlineData("Sun 02:00-04:00 UTC more")]
    public void What_is_no_window_is_refused_with_an_example(string text)
    {
        Result<RotationWindow> parsed = RotationWindow.Parse(text);
        Assert.Equal(("window", RefusalKind.Invalid), (parsed.Refusal?.Field, parsed.Refusal?.Kind));
        Assert.Contains("Europe/Berlin", parsed.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_window_of_a_zone_that_this_machine_does_not_know_never_opens()
    {
        RotationWindow window = RotationWindow.Stored("Sun 02:00-04:00 Mars/Olympus");
        Assert.False(window.IsKnown);
        Assert.Null(window.From(DateTimeOffset.UnixEpoch));
        Assert.Equal("Sun 02:00-04:00 Mars/Olympus", window.Text);
    }

    private static void Opens(string text, string moment, string opens, string closes) =>
        Assert.Equal((RotationTimesTests.At(opens), RotationTimesTests.At(closes)), RotationWindow.Parse(text).Value.From(RotationTimesTests.At(moment)));
}
