using System.Globalization;

namespace PamTui.Core.Model;

/// <summary>Moments as they are typed: a date, a time in UTC or with an offset, or a span from now.</summary>
public static class Moments
{
    private static readonly string[] s_forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>A span is from now on, with a '+' before it or without.</summary>
    /// <param name="what">"--until": begins the sentence of the refusal, and names its field.</param>
    public static Result<DateTimeOffset?> Future(string? text, string what, DateTimeOffset now) => Read(text is ['+', .. var span] ? span : text, what, now, 1);

    /// <summary>A span is so long ago.</summary>
    public static Result<DateTimeOffset?> Past(string? text, string what, DateTimeOffset now) => Read(text, what, now, -1);

    private static Result<DateTimeOffset?> Read(string? text, string what, DateTimeOffset now, int direction)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text is null)
        {
            return (DateTimeOffset?)null;
        }

        if (DateTimeOffset.TryParseExact(text, s_forms, CultureInfo.InvariantCulture, utc, out DateTimeOffset at))
        {
            return at;
        }

        // At most ten years: more is a typing error, and its sum with now must be a date.
        const int mostMinutes = 10 * 366 * 24 * 60;
        int unit = text.Length < 2 ? 0 : text[^1] switch
        {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => 0,
        };
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 && count <= mostMinutes / unit
            ? now.AddMinutes((double)count * unit * direction)
            : Refusal.Invalid($"{what} takes a time such as 2026-12-31, 2026-12-31T18:00Z, 8h, 30m or 7d, not {Text.Quote(text)}.", what.TrimStart('-').ToLowerInvariant());
    }
}
