using System.Globalization;

namespace PamTui.Core.Model;

/// <summary>Lengths of time as people write them: "30d", "12h", "90m", "2w".</summary>
public static class Duration
{
    private static readonly (char Letter, TimeSpan Unit)[] s_units =
        [('w', TimeSpan.FromDays(7)), ('d', TimeSpan.FromDays(1)), ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1))];

    /// <param name="what">"The interval": begins the sentence of the refusal.</param>
    public static Result<TimeSpan> Parse(string text, string what, TimeSpan min, TimeSpan max, string field)
    {
        (char, TimeSpan Unit)[] unit = [.. s_units.Where(one => text.Length > 1 && one.Letter == text[^1])];
        return unit.Length == 1 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && count <= max.Ticks / unit[0].Unit.Ticks && unit[0].Unit * count is var span && span >= min
                ? span
                : Refusal.Invalid($"{what} is a length of time from {Of(min)} to {Of(max)}, such as 12h, 30d or 2w, not {Text.Quote(text)}.", field);
    }

    /// <summary>In the largest unit that leaves nothing over; weeks are told in days.</summary>
    public static string Of(TimeSpan span)
    {
        foreach ((char letter, TimeSpan unit) in s_units.Skip(1))
        {
            if (span != TimeSpan.Zero && span.Ticks % unit.Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / unit.Ticks}{letter}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMinutes}m");
    }
}
