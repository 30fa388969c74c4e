using System.Globalization;
using System.Net;
using System.Text;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway.Listener;
using PamTui.Settings;

namespace PamTui.Hosting;

/// <summary>Finds the gateway that belongs to this machine's vault and settings, and who one is there.</summary>
internal static class GatewayDoors
{
    private const string KnownHostsName = "known_hosts";

    /// <summary>The user that settings name; else the one called like the person at the machine; else the only one with a key.</summary>
    public static async Task<string?> SignInNameAsync(Product product, TuiOptions options, Actor actor, CancellationToken ct)
    {
        if (options.User.Length > 0)
        {
            return options.User;
        }

        Result<Page<ListedUser>> users = await product.Users.ListAsync(actor, "", new PageRequest(0, PageRequest.MaxLimit), ct);
        IReadOnlyList<User> able = users.IsOk ? [.. users.Value.Items.Select(listed => listed.User).Where(user => user is { Disabled: false, Keys.Count: > 0 })] : [];
        return able.FirstOrDefault(user => user.Name == Environment.UserName)?.Name ?? (able.Count == 1 ? able[0].Name : null);
    }

    /// <param name="signIn">Empty: nobody.</param>
    public static Result<GatewayDoor> Of(DataFolder folder, AppSettings settings, string signIn)
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
