namespace PamTui.Core.Storage;

/// <summary>Times as they are stored: whole microseconds since 1970 UTC.</summary>
internal static class StoredTime
{
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static long? Of(DateTimeOffset? time) => time is { } given ? Of(given) : null;

    public static DateTimeOffset From(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset? From(long? microseconds) => microseconds is { } given ? From(given) : null;
}
