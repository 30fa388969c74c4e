using Microsoft.Extensions.Logging;
using PamTui.Settings;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace PamTui.Logging;

/// <summary>The program's log: the console (or the journal), and a rolling file if the settings name one. The level follows a reload.</summary>
internal sealed class Logs : IDisposable
{
    private readonly LoggingLevelSwitch _level;
    private readonly Logger _logger;

    private Logs(LoggingLevelSwitch level, Logger logger)
    {
        _level = level;
        _logger = logger;
        Factory = new SerilogLoggerFactory(logger, dispose: false);
    }

    public ILoggerFactory Factory { get; }

    /// <param name="console">Null: nothing is written to the console (a TUI owns it).</param>
    /// <param name="folder">What a relative Logging:File is below.</param>
    public static Logs Open(LoggingOptions options, TextWriter? console, string folder, bool journal)
    {
        LoggingLevelSwitch level = new(Of(options.Level));
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        if (console is not null)
        {
            configuration.WriteTo.Sink(new LineSink(console, new LineFormatter(journal)));
        }

        if (options.File.Length > 0)
        {
            configuration.WriteTo.File(
                new LineFormatter(forJournal: false),
                Path.Combine(folder, options.File),
                fileSizeLimitBytes: options.FileMegabytes * 1024L * 1024L,
                rollOnFileSizeLimit: true,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: options.FilesKept,
                hooks: new PrivateFile());
        }

        return new Logs(level, configuration.CreateLogger());
    }

    public void Reload(LoggingOptions options) => _level.MinimumLevel = Of(options.Level);

    public void Dispose()
    {
        Factory.Dispose();
        _logger.Dispose();
    }

    private static LogEventLevel Of(LogLevelName level) => level switch
    {
        LogLevelName.Debug => LogEventLevel.Debug,
        LogLevelName.Information => LogEventLevel.Information,
        LogLevelName.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
