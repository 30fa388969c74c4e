using System.Net.Sockets;

namespace PamTui.Gateway.Relay;

/// <summary>Why a target could not be reached: what follows "RESOURCE/ACCOUNT cannot be opened: ", whatever the target speaks.</summary>
internal static class DialWords
{
    public const string Lost = "the connection was lost while signing in; try again.";

    public static string Silent(int seconds) =>
        $"it did not answer within {seconds} s; an operator should see whether the host is up and reachable from the gateway.";

    /// <param name="server">What should listen there: "SSH", "PostgreSQL".</param>
    public static string Of(SocketError error, string server) => error switch
    {
        SocketError.ConnectionRefused => $"nothing listens on its port; an operator should see whether the {server} server runs and the port is right.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its host name is not known to the gateway; an operator must correct it (`pamtui resource edit`).",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "there is no route to it from the gateway.",
        SocketError.TimedOut => "it did not answer; an operator should see whether the host is up and reachable from the gateway.",
        _ => "it cannot be reached from the gateway.",
    };
}
