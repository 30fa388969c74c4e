using System.Globalization;
using System.Net;
using System.Text;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Gateway.Listener;
using PamTui.Logging;
using PamTui.Settings;
using PamTui.Tui;
using PamTui.Tui.Terminal;

namespace PamTui.Hosting;

/// <summary>`pamtui` without a verb: the full screen on this terminal; the first run makes the vault.</summary>
internal static class TuiRun
{
    private const string KnownHostsName = "known_hosts";

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
        Task warm = WarmUp.RunAsync(ct);
        try
        {
            return await OpenAsync(run, machine, prompt, folder, opening, ct);
        }
        finally
        {
            await warm;
        }
    }

    private static async Task<Result<Done>> OpenAsync(Invocation run, LocalMachine machine, Prompt prompt, Result<DataFolder> folder, OpeningScreen? opening, CancellationToken ct)
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
        string signIn = await SignInNameAsync(product, settings.Value.Tui, run.Actor, ct) ?? "";
        return await new LocalTui(
            product,
            run.Actor,
            () => Door(folder.Value, settings.Value, signIn),
            machine.ShellOptionsFor(settings.Value, folder.Value, signIn, logs.Factory),
            run,
            run.Context.Time,
            opening).RunAsync(ct);
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

    // The user that settings name; else the one called like the person at the machine; else the only one with a key.
    private static async Task<string?> SignInNameAsync(Product product, TuiOptions options, Actor actor, CancellationToken ct)
    {
        if (options.User.Length > 0)
        {
            return options.User;
        }

        Result<Page<ListedUser>> users = await product.Users.ListAsync(actor, "", new PageRequest(0, PageRequest.MaxLimit), ct);
        IReadOnlyList<User> able = users.IsOk ? [.. users.Value.Items.Select(listed => listed.User).Where(user => user is { Disabled: false, Keys.Count: > 0 })] : [];
        return able.FirstOrDefault(user => user.Name == Environment.UserName)?.Name ?? (able.Count == 1 ? able[0].Name : null);
    }

    private static Result<GatewayDoor> Door(DataFolder folder, AppSettings settings, string signIn)
    {
        if (!Names.IsValid(signIn))
        {
            return Refusal.Failed("It is not clear which user of the gateway you are: say it with the setting Tui:User.");
        }

        bool elsewhere = settings.Tui.Gateway.Length > 0;
        string address = elsewhere ? settings.Tui.Gateway : settings.Gateway.Listen;
        if (GatewayDoor.ParseAddress(address) is not var (host, port))
        {
            return Refusal.Invalid($"The setting {(elsewhere ? "Tui:Gateway" : "Gateway:Listen")} is no ADDR:PORT to connect to: {Text.Quote(address)}.");
        }

        if (elsewhere)
        {
            return new GatewayDoor(host, port, signIn, null, null);
        }

        if (IPAddress.TryParse(host, out IPAddress? any) && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)))
        {
            host = any.Equals(IPAddress.Any) ? "127.0.0.1" : "::1";
        }

        Result<HostKeys> keys = HostKeyFiles.Load(folder);
        if (keys.Refusal is { } none)
        {
            return none.Kind == RefusalKind.NotFound ? Refusal.Failed("The gateway has never run here: start it with `pamtui gateway`.") : none;
        }

        using HostKeys own = keys.Value;
        string file = Path.Combine(folder.Path, KnownHostsName);
        WriteKnownHosts(file, host, port, own.PublicLines);
        return new GatewayDoor(host, port, signIn, file, null);
    }

    private static void WriteKnownHosts(string file, string host, int port, IEnumerable<string> keys)
    {
        string name = port == 22 ? host : string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}");
        string draft = file + ".new";
        File.Delete(draft);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (FileStream stream = new(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => name + " " + key + "\n"))));
        }

        File.Move(draft, file, overwrite: true);
    }
}
