using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway.Console;

namespace PamTui.Hosting;

/// <summary>`ssh alice@gw account list`: the command line in a session of the gateway, as the user who signed in.</summary>
internal static class CommandFace
{
    public static async Task<int> RunAsync(Product product, ConsoleRequest request, string command, TimeProvider time, CancellationToken ct)
    {
        bool onTerminal = request.Terminal is not null;
        await using ChannelWriter output = new(request.Output, onTerminal, ct);
        await using ChannelWriter error = new(onTerminal ? request.Output : request.Error, onTerminal, ct);
        CommandContext context = new()
        {
            Input = request.Input,
            Output = output,
            Error = error,
            Prompt = onTerminal ? new StreamPrompt(request.Input, request.Output, ct => FlushAsync(output, error, ct)) : null,
            OnTerminal = onTerminal,
            Width = () => request.Terminal?.Columns ?? 100,
            Time = time,
            Session = new RemoteSession(product, new Actor(request.Who.Name, request.Who.Id, request.Who.Role, request.Source)),
        };
        Result<IReadOnlyList<string>> words = ShellWords.Split(command);
        return words.Refusal is { } refusal
            ? await CommandLine.FailAsync(context, refusal)
            : await CommandLine.RunAsync(words.Value, context, ct);
    }

    private static async Task FlushAsync(ChannelWriter output, ChannelWriter error, CancellationToken ct)
    {
        await output.FlushAsync(ct);
        await error.FlushAsync(ct);
    }
}
