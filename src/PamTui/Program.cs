using System.Collections;
using System.Text;
using PamTui.Commands;
using PamTui.Tui.Terminal;

namespace PamTui;

/// <summary>The composition root.</summary>
internal static class Program
{
    private const int DefaultWidth = 100;
    private const int LeastWidth = 40;

    public static async Task<int> Main(string[] args)
    {
        using Interrupts interrupts = new();
        await using Stream input = Console.OpenStandardInput();
        await using TextWriter output = Writer(Console.OpenStandardOutput());
        await using TextWriter error = Writer(Console.OpenStandardError());
        CommandContext context = new()
        {
            Input = input,
            Output = output,
            Error = error,
            Prompt = TtyPrompt.TryOpen(),
            OnTerminal = !Console.IsOutputRedirected,
            Width = static () => Math.Max(LeastWidth, Columns() ?? DefaultWidth),
            Time = TimeProvider.System,
            Machine = new LocalMachine(Variables(), interrupts),
        };
        return await CommandLine.RunAsync(args, context, interrupts.Stop);
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = false, NewLine = "\n" };

    // Not the console class's: it sets the terminal up for line input, and takes its time.
    private static int? Columns() => OperatingSystem.IsWindows() ? null : LocalTerminal.OutputColumns;

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
