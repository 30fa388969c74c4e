using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Logging;
using PamTui.Settings;
using PamTui.Tui;
using PamTui.Tui.Terminal;

namespace PamTui.Hosting;

/// <summary>`pamtui` without a verb: the full screen on this terminal; the first run makes the vault.</summary>
internal static class TuiRun
{
    public static async Task<Result<Done>> RunAsync(Invocation run, CancellationToken ct)
    {
        LocalMachine machine = run.Context.Machine ?? throw new InvalidOperationException("A local run has a machine.");
        if (run.Context.Prompt is not { } prompt || Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return Refusal.Invalid("The full screen needs a terminal; `pamtui --help` lists what works without one.");
        }

        Result<DataFolder> folder = DataFolder.Open(machine.FolderPath(run.Data));
        string term = machine.Variables.GetValueOrDefault("TERM") ?? "";
        using OpeningScreen? opening = folder.IsOk && !FirstRun.IsNeeded(folder) ? OpeningScreen.Show(term) : null;
        ReadyScreen? ready = OperatingSystem.IsWindows()
            ? null
            : ReadyScreen.Start(term, machine.Variables.GetValueOrDefault("COLORTERM"), machine.NoColor, LocalTerminal.OutputSize, ct);
        try
        {
            return await OpenAsync(run, machine, prompt, folder, opening, ready, ct);
        }
        finally
        {
            if (ready is not null)
            {
                await ready.DisposeAsync();
            }
        }
    }

    private static async Task<Result<Done>> OpenAsync(Invocation run, LocalMachine machine, Prompt prompt, Result<DataFolder> folder, OpeningScreen? opening, ReadyScreen? ready, CancellationToken ct)
    {
        Result<AppSettings> settings = machine.ReadSettings(run.Data, run.Config);
        if ((settings.Refusal ?? settings.Value.Gateway.Check()) is { } wrong)
        {
            return wrong;
        }

        if (FirstRun.IsNeeded(folder))
        {
            folder = await FirstRun.RunAsync(run, machine, prompt, ct);
        }

        if (folder.Refusal is { } unusable)
        {
            return unusable;
        }

        using Logs logs = Logs.Open(settings.Value.Logging, null, folder.Value.Path, journal: false);
        Result<Product> opened = await Product.OpenAsync(folder.Value, Unlock(machine, prompt, opening), new CoreOptions(), run.Context.Time, logs.Factory, ct);
        if (opened.Refusal is { } locked)
        {
            return locked;
        }

        await using Product product = opened.Value;
        string signIn = await GatewayDoors.SignInNameAsync(product, settings.Value.Tui, run.Actor, ct) ?? "";
        return await new LocalTui(
            product,
            run.Actor,
            () => GatewayDoors.Of(folder.Value, settings.Value, signIn),
            machine.ShellOptionsFor(settings.Value, folder.Value, signIn, logs.Factory),
            run,
            run.Context.Time,
            opening,
            ready).RunAsync(ct);
    }

    // A question is asked on the terminal as it was before.
    private static VaultUnlock Unlock(LocalMachine machine, Prompt prompt, OpeningScreen? opening)
    {
        VaultUnlock unlock = machine.Unlock(prompt);
        return unlock with
        {
            AskPassphrase = unlock.AskPassphrase is not { } ask ? null : ct =>
            {
                opening?.Dispose();
                return ask(ct);
            },
        };
    }
}
