using System.Globalization;

namespace PamTui.Core.Model;

/// <summary>
/// Hours of the week in which credentials may be changed: "Sun 02:00-04:00 Europe/Berlin". They are the hours of that place's clocks:
/// an hour that is missing begins when the clocks have been put forward, an hour that comes twice counts both times.
/// </summary>
public sealed class RotationWindow
{
    private const int MaxText = 128;
    private const int MinutesOfDay = 24 * 60;

    // No clock was ever put forward by more than a day.
    private const int MaxGapMinutes = MinutesOfDay;

    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly bool[] _days;
    private readonly int _begin;
    private readonly int _end;

    // Null: this machine does not know the zone (any more).
    private readonly TimeZoneInfo? _zone;

    private RotationWindow(string text, bool[] days, int begin, int end, TimeZoneInfo? zone) => (Text, _days, _begin, _end, _zone) = (text, days, begin, end, zone);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>False: it was written on a machine that knew its zone, and this one does not, so here it never opens.</summary>
    public bool IsKnown => _zone is not null;

    /// <param name="text">Days (Sun, "Mon,Wed", Mon-Fri, daily), begin and end, zone of the IANA's list; without one UTC. An end not after the begin is the next day's.</param>
    public static Result<RotationWindow> Parse(string text)
    {
        string[] words = text.Length > MaxText ? [] : text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (2 or 3) || Days(words[0]) is not { } days || words[1].Split('-') is not [string from, string to] || Minutes(from) is not { } begin || Minutes(to) is not { } end
            || begin == end || begin == MinutesOfDay)
        {
            return Refusal.Invalid($"A window is days, hours and a zone, such as 'Sun 02:00-04:00 Europe/Berlin' or 'Mon-Fri 22:00-02:00 UTC', not {Model.Text.Quote(text)}.", "window");
        }

        string name = words.Length == 3 ? words[2] : "UTC";
        return Zone(name) is { } zone
            ? new RotationWindow(string.Join(' ', words[0], words[1], name), days, begin, end, zone)
            : Refusal.Invalid($"This machine knows no time zone {Model.Text.Quote(name)}: use a name such as Europe/Berlin, and install tzdata if it is missing.", "window");
    }

    /// <summary>The window that is open at <paramref name="moment"/>, or the next one that opens; null: it never does.</summary>
    public (DateTimeOffset Opens, DateTimeOffset Closes)? From(DateTimeOffset moment)
    {
        if (_zone is null)
        {
            return null;
        }

        // From the day before, whose window may reach over midnight, to the same day of the next week.
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, _zone).DateTime);
        for (int day = -2; day <= 8; day++)
        {
            if (_days[(int)today.AddDays(day).DayOfWeek] && Of(today.AddDays(day), _zone) is var (opens, closes) && closes > moment)
            {
                return (opens, closes);
            }
        }

        return null;
    }

    public override string ToString() => Text;

    /// <summary>What the store has; a zone that is not known here is no damage.</summary>
    internal static RotationWindow Stored(string text) => Parse(text) is { IsOk: true } parsed ? parsed.Value : new RotationWindow(text, [], 0, 0, null);

    private static bool[]? Days(string word)
    {
        bool[] days = new bool[s_days.Length];
        if (word.Equals("daily", StringComparison.OrdinalIgnoreCase))
        {
            Array.Fill(days, true);
            return days;
        }

        foreach (string part in word.Split(','))
        {
            int[] ends = [.. part.Split('-').Select(day => Array.FindIndex(s_days, known => known.Equals(day, StringComparison.OrdinalIgnoreCase)))];
            if (ends.Length > 2 || ends.Contains(-1))
            {
                return null;
            }

            for (int day = ends[0]; ; day = (day + 1) % s_days.Length)
            {
                days[day] = true;
                if (day == ends[^1])
                {
                    break;
                }
            }
        }

        return days;
    }

    private static int? Minutes(string text) => text == "24:00"
        ? MinutesOfDay
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? (time.Hour * 60) + time.Minute : null;

    // The name becomes a file's name in the system's zone folder.
    private static TimeZoneInfo? Zone(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && !name.StartsWith('/') && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;

    private (DateTimeOffset Opens, DateTimeOffset Closes) Of(DateOnly day, TimeZoneInfo zone)
    {
        DateTime midnight = day.ToDateTime(TimeOnly.MinValue);
        TimeSpan length = TimeSpan.FromMinutes(_end > _begin ? _end - _begin : _end - _begin + MinutesOfDay);
        DateTimeOffset opens = Instant(midnight.AddMinutes(_begin), zone, first: true);
        DateTimeOffset closes = Instant(midnight.AddMinutes(_begin) + length, zone, first: false);

        // All of it fell into the hour that is missing.
        return (opens, closes > opens ? closes : opens + length);
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone, bool first)
    {
        for (int minute = 0; minute < MaxGapMinutes && zone.IsInvalidTime(local); minute++)
        {
            local = local.AddMinutes(1);
        }

        if (zone.IsAmbiguousTime(local))
        {
            TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(local);
            return new DateTimeOffset(local, first ? offsets.Max() : offsets.Min()).ToUniversalTime();
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
