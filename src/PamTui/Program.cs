using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using PamTui.Commands;

namespace PamTui;

/// <summary>The composition root.</summary>
internal static class Program
{
    private const int DefaultWidth = 100;

    public static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = Cancelling(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = Cancelling(PosixSignal.SIGTERM, stop);
        await using Stream input = Console.OpenStandardInput();
        await using TextWriter output = Writer(Console.OpenStandardOutput());
        await using TextWriter error = Writer(Console.OpenStandardError());
        CommandContext context = new()
        {
            Input = input,
            Output = output,
            Error = error,
            Prompt = TtyPrompt.TryOpen(),
            Width = Console.IsOutputRedirected ? DefaultWidth : Math.Max(40, Console.WindowWidth),
            Time = TimeProvider.System,
            Machine = new LocalMachine(Variables()),
        };
        return await CommandLine.RunAsync(args, context, stop.Token);
    }

    private static PosixSignalRegistration Cancelling(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The first one ends what runs in good order; a second one ends the process.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = false, NewLine = "\n" };

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
