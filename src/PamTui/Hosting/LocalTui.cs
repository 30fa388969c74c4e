using System.Globalization;
using System.Net.Sockets;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Tui;
using PamTui.Tui.Terminal;

namespace PamTui.Hosting;

/// <summary>The TUI on this machine's own terminal; Enter runs the system's ssh through the gateway and comes back to the same place.</summary>
internal sealed class LocalTui(Product product, Actor actor, Func<Result<GatewayDoor>> door, ShellOptions options, Invocation run, TimeProvider time, OpeningScreen? opening = null, ReadyScreen? ready = null)
{
    private const int SshFailed = 255;

    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            return Refusal.Failed("The full screen on this machine itself needs Linux or macOS; `ssh` to a gateway works from anywhere.");
        }

        TerminalHost.Prepare();
        ShellState state = new();
        ReadyScreen? first = ready;
        while (!ct.IsCancellationRequested)
        {
            ShellOutcome outcome;
            Result<LocalTerminal> opened = LocalTerminal.Open();
            if (opened.Refusal is { } refusal)
            {
                return refusal;
            }

            using (LocalTerminal terminal = opened.Value)
            {
                outcome = await new Shell(product, actor, options with { ReadImport = ReadAsync }, time).RunAsync(terminal, state, ct, first);
                first = null;
                if (terminal.IsPainted)
                {
                    opening?.GiveOver();
                }
            }

            if (outcome is not ShellOutcome.Connect connect)
            {
                break;
            }

            state.Notice = await ConnectAsync(connect.Account, ct);
        }

        return default(Done);
    }

    // The terminal is the screen's now: nothing comes on stdin.
    private async Task<Result<ImportFile>> ReadAsync(string path, string form, bool trustOnFirstUse, CancellationToken ct)
    {
        Result<string> known = ImportFormats.Of(form.Length == 0 ? null : form, path);
        if (known.Refusal is { } unknown)
        {
            return unknown with { Message = "The name of the file does not tell its form: choose csv, ssh-config or known-hosts below." };
        }

        if (path == Inputs.Stdin)
        {
            return Refusal.Invalid("Nothing can be read from stdin here: name a file.");
        }

        try
        {
            return await new ImportSource(run).ReadAsync(path, known.Value, trustOnFirstUse, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.Failed($"The file {Text.Quote(path)} cannot be read: {e.Message}");
        }
    }

    // How it went, in a line for the screen that comes back.
    private async Task<string> ConnectAsync(AccountRef account, CancellationToken ct)
    {
        Result<GatewayDoor> found = door();
        if (found.Refusal is { } refusal)
        {
            return refusal.Message;
        }

        GatewayDoor way = found.Value;
        string address = string.Create(CultureInfo.InvariantCulture, $"{way.Host}:{way.Port}");
        if (!await AnswersAsync(way, ct))
        {
            return $"No gateway answers at {address}: start it with `pamtui gateway`.";
        }

        run.Context.Machine!.Interrupts.Ignored = true;
        try
        {
            int? status = await way.RunAsync($"{account.Account}@{account.Resource}", [], ct);
            if (status == SshFailed && run.Context.Prompt is { } prompt)
            {
                // Why stands on the terminal, which the screens take back.
                await prompt.AskAsync("ssh ended with 255. Press Enter to go back. ", ct);
            }

            return status switch
            {
                null => "There is no ssh on this machine: install the OpenSSH client.",
                0 => $"{account}: the session ended.",
                SshFailed => $"{account}: ssh ended with 255, the connection failed or was closed by the gateway.",
                _ => $"{account}: exit status {status}.",
            };
        }
        finally
        {
            run.Context.Machine!.Interrupts.Ignored = false;
        }
    }

    private static async Task<bool> AnswersAsync(GatewayDoor way, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            using TcpClient probe = new();
            await probe.ConnectAsync(way.Host, way.Port, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
