using Microsoft.Extensions.Logging;
using PamTui.Logging;
using PamTui.Settings;

namespace PamTui.Tests.Logging;

public sealed class LogsTests
{
    [Fact]
    public void E3_what_a_peer_says_stays_on_one_escaped_line()
    {
        using StringWriter console = new();
        using (Logs logs = Logs.Open(new LoggingOptions(), console, "/", journal: false))
        {
            ILogger logger = logs.Factory.CreateLogger("Gateway");
            logger.LogInformation("{User} from {Source} failed", "x\r\n2026 info root signed in\u001b[2J\u202e", "1.2.3.4");
            logger.LogError(new InvalidOperationException("first\nsecond\u0007"), "It broke");
        }

        string[] lines = console.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(" info  x\\u{d}\\u{a}2026 info root signed in\\u{1b}[2J\\u{202e} from 1.2.3.4 failed", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(console.ToString(), c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void The_journal_gets_a_priority_and_no_time()
    {
        using StringWriter console = new();
        using (Logs logs = Logs.Open(new LoggingOptions(), console, "/", journal: true))
        {
            logs.Factory.CreateLogger("Gateway").LogWarning("listening on {Address}", "127.0.0.1:2222");
        }

        Assert.Equal("<4>listening on 127.0.0.1:2222\n", console.ToString());
    }

    [Fact]
    public void The_level_follows_a_reload()
    {
        using StringWriter console = new();
        using Logs logs = Logs.Open(new LoggingOptions { Level = LogLevelName.Error }, console, "/", journal: true);
        ILogger logger = logs.Factory.CreateLogger("Gateway");

        logger.LogInformation("one");
        logs.Reload(new LoggingOptions { Level = LogLevelName.Debug });
        logger.LogDebug("two");

        Assert.Equal("<7>two\n", console.ToString());
    }

    [Fact]
    public void A_log_file_is_for_its_owner_alone()
    {
        DirectoryInfo temp = Directory.CreateTempSubdirectory("pamtui-test-");
        try
        {
            using (Logs logs = Logs.Open(new LoggingOptions { File = "logs/gateway.log" }, null, temp.FullName, journal: false))
            {
                logs.Factory.CreateLogger("Gateway").LogInformation("hello");
            }

            string file = Assert.Single(Directory.GetFiles(Path.Combine(temp.FullName, "logs")));
            Assert.Contains("hello", File.ReadAllText(file), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }
}
