using Microsoft.Extensions.Logging;
using PamTui.Gateway.Login;
using PamTui.Ssh;

namespace PamTui.Gateway.Listener;

/// <summary>What a connection is met with: who the gateway is, whose keys it trusts, and the turns for costly key exchanges, shared by all.</summary>
internal sealed record ListenerKeys(HostKeys Host, KeyTrust Trust, CostlyKeyExchanges Costly)
{
    /// <summary>The engine's settings of the user's leg.</summary>
    public SshOptions Leg(GatewayOptions options, TimeProvider time, ILogger log) => LegOptions.OfUser(options, time, log) with
    {
        HostCertificates = Host.Certificates,
        CostlyKeyExchanges = Costly,
    };
}
