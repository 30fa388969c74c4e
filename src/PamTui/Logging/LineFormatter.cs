using System.Globalization;
using PamTui.Core.Model;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace PamTui.Logging;

/// <summary>
/// One event, one line: time, level, source, message. What fills a message's holes and what an exception says is escaped, so
/// that a peer's words can neither forge a line nor drive the terminal that shows it (E3).
/// </summary>
/// <param name="forJournal">systemd's journal has its own time: the line begins with sd-daemon(3)'s priority instead.</param>
internal sealed class LineFormatter(bool forJournal) : ITextFormatter
{
    private const int MaxValue = 1024;
    private const int MaxException = 8192;

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (forJournal)
        {
            output.Write(Priority(logEvent.Level));
        }
        else
        {
            output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            output.Write(' ');
            output.Write(Level(logEvent.Level));
            output.Write(' ');
        }

        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
        {
            output.Write(token switch
            {
                TextToken text => Text.Escape(text.Text, MaxValue),
                PropertyToken hole when logEvent.Properties.TryGetValue(hole.PropertyName, out LogEventPropertyValue? value) => Text.Escape(Plain(value, hole.Format), MaxValue),
                _ => Text.Escape(token.ToString() ?? "", MaxValue),
            });
        }

        if (logEvent.Exception is { } exception)
        {
            output.Write(" | ");
            output.Write(Text.Escape(Flat(exception), MaxException));
        }

        output.Write('\n');
    }

    private static string Plain(LogEventPropertyValue value, string? format) =>
        value is ScalarValue { Value: { } scalar }
            ? scalar is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : scalar.ToString() ?? ""
            : value.ToString(format, CultureInfo.InvariantCulture);

    private static string Flat(Exception exception) => string.Join(
        " <- ",
        exception.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info ",
        LogEventLevel.Warning => "warn ",
        _ => "error",
    };

    private static string Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "<7>",
        LogEventLevel.Information => "<6>",
        LogEventLevel.Warning => "<4>",
        LogEventLevel.Error => "<3>",
        _ => "<2>",
    };
}
