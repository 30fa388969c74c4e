using Microsoft.Extensions.Logging;
using PamTui.Ssh;

namespace PamTui.Gateway;

/// <summary>The SSH engine's settings of a leg, as the gateway's say.</summary>
internal static class LegOptions
{
    // OpenSSH's client speaks its extensions only to a server whose version begins with its own name: without eow@openssh.com
    // `ssh account yes | head -n 1` would wait for ever for the far end, which nobody told that its reader is gone (ADR 7).
    private const string UserLegVersion = "OpenSSH_compatible_PamTui_0.1";

    public static SshOptions Of(GatewayOptions options, TimeProvider time, ILogger log) => new()
    {
        MaxQueuedBytes = options.MaxQueuedKilobytes << 10,
        MaxBytesBeforePeerKexInit = (long)options.MaxMegabytesBeforeNewKeys << 20,
        MaxHeldBytes = (long)options.MaxHeldMegabytes << 20,
        RekeyBytes = (long)options.RekeyMegabytes << 20,
        RekeyInterval = TimeSpan.FromMinutes(options.RekeyMinutes),
        Time = time,
        Log = log,
    };

    /// <summary>The target's leg.</summary>
    public static SshOptions OfTarget(GatewayOptions options, TimeProvider time, ILogger log) => Of(options, time, log) with
    {
        Algorithms = Profile(options.TargetAlgorithmProfile),
    };

    /// <summary>The user's leg.</summary>
    public static SshOptions OfUser(GatewayOptions options, TimeProvider time, ILogger log) => Of(options, time, log) with
    {
        SoftwareVersion = UserLegVersion,
        MaxPacketsBeforeSignIn = options.MaxPacketsBeforeSignIn,
        MaxBytesBeforeSignIn = (long)options.MaxKilobytesBeforeSignIn << 10,
        Algorithms = Profile(options.AlgorithmProfile),
    };

    private static AlgorithmPreferences Profile(string name) => name == "modern" ? AlgorithmPreferences.Modern : AlgorithmPreferences.Compatible;
}
