using Serilog.Core;
using Serilog.Events;

namespace PamTui.Logging;

/// <summary>Writes whole lines to a writer, one at a time, and flushes each: a line is there when what it says is true.</summary>
internal sealed class LineSink(TextWriter output, LineFormatter formatter) : ILogEventSink
{
    private readonly Lock _gate = new();

    public void Emit(LogEvent logEvent)
    {
        using StringWriter line = new();
        formatter.Format(logEvent, line);
        lock (_gate)
        {
            output.Write(line.ToString());
            output.Flush();
        }
    }
}
