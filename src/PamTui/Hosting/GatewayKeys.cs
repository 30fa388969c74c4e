using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway.Listener;
using PamTui.Tui;

namespace PamTui.Hosting;

/// <summary>The public host keys of a gateway, for the screen of settings.</summary>
internal static class GatewayKeys
{
    /// <summary>As they are on the disk now; empty when there are none or they cannot be read: the gateway itself says why.</summary>
    public static IReadOnlyList<GatewayKey> Read(DataFolder folder)
    {
        Result<HostKeys> loaded = HostKeyFiles.Load(folder);
        if (loaded.Refusal is not null)
        {
            return [];
        }

        using HostKeys keys = loaded.Value;
        return Of(keys);
    }

    public static IReadOnlyList<GatewayKey> Of(HostKeys keys) =>
        [.. keys.All.Zip(keys.PublicLines, static (key, line) => new GatewayKey(key.PublicKey.KeyType, key.PublicKey.Fingerprint, line))];
}
