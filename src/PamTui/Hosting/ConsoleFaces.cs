using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway.Console;
using PamTui.Tui;

namespace PamTui.Hosting;

/// <summary>What the gateway shows to a user who named no account: the command line for a command, the TUI for a terminal.</summary>
internal sealed class ConsoleFaces(Func<Product> product, Func<Actor, ShellOptions> shellOptions, TimeProvider time)
{
    public async Task<ConsoleOutcome> RunAsync(ConsoleRequest request, CancellationToken ct)
    {
        if (request.Command is { } command)
        {
            return new ConsoleOutcome.Done(await CommandFace.RunAsync(product(), request, command, time, ct));
        }

        if (request.Terminal is not { } terminal)
        {
            await request.Error.WriteAsync("pamtui: the full screen needs a terminal: connect with `ssh -t`, or give a command (`help` lists them).\n"u8.ToArray(), ct);
            return new ConsoleOutcome.Done((int)RefusalKind.Invalid);
        }

        Actor actor = new(request.Who.Name, request.Who.Id, request.Who.Role, request.Source);
        ShellState state = request.State as ShellState ?? new ShellState();
        state.Notice = request.Notice ?? "";
        await using ChannelTerminal channel = new(request, terminal, ct);
        Shell shell = new(product(), actor, shellOptions(actor), time);
        return await shell.RunAsync(channel, state, ct) switch
        {
            ShellOutcome.Connect connect => new ConsoleOutcome.Connect(connect.Account, state),
            _ => new ConsoleOutcome.Done(0),
        };
    }
}
