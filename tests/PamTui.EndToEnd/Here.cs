using System.Collections;
using System.Text;
using PamTui.Commands;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>A command of the program in this process: what Program does, without the half second of processor that it takes to start one.</summary>
internal static class Here
{
    public static async Task<RunResult> RunAsync(IReadOnlyList<string> arguments, byte[] input)
    {
        using Interrupts interrupts = new();
        using MemoryStream stdin = new(input);
        using MemoryStream stdout = new();
        await using StreamWriter output = new(stdout, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        CommandContext context = new()
        {
            Input = stdin,
            Output = output,
            Error = error,
            Time = TimeProvider.System,
            Machine = new LocalMachine(Variables(), interrupts),
        };
        int code = await Commands.CommandLine.RunAsync(arguments, context, TestContext.Current.CancellationToken).WaitAsync(Run.DefaultLimit);
        await output.FlushAsync();
        return new RunResult("pamtui " + string.Join(' ', arguments) + " (in the process of the test)", code, stdout.ToArray(), error.ToString());
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
