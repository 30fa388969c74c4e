using PamTui.Ssh.Crypto;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>RFC 4253 §7.1: of each list the first name of the client that the server has as well.</summary>
internal static class Negotiation
{
    /// <param name="client">KEXINIT of the client.</param>
    /// <param name="server">KEXINIT of the server.</param>
    /// <param name="strict">Null in the first exchange, where the marks of both decide; later what was decided then (A3).</param>
    public static NegotiatedAlgorithms Agree(KexInit client, KexInit server, bool? strict)
    {
        string cipherToServer = Pick("cipher", client.CiphersToServer, server.CiphersToServer);
        string cipherToClient = Pick("cipher", client.CiphersToClient, server.CiphersToClient);
        Pick("compression", client.CompressionsToServer, server.CompressionsToServer);
        Pick("compression", client.CompressionsToClient, server.CompressionsToClient);
        return new(
            Pick("key exchange", [.. client.KeyExchanges.Where(IsMethod)], server.KeyExchanges),
            Pick("host key algorithm", client.HostKeys, server.HostKeys),
            cipherToServer,
            cipherToClient,
            PacketCipher.IsAead(cipherToServer) ? cipherToServer : Pick("MAC", client.MacsToServer, server.MacsToServer),
            PacketCipher.IsAead(cipherToClient) ? cipherToClient : Pick("MAC", client.MacsToClient, server.MacsToClient),
            strict ?? (client.KeyExchanges.Contains(KexInit.StrictOfClient) && server.KeyExchanges.Contains(KexInit.StrictOfServer)));
    }

    /// <summary>Whether a guessed first packet stands: both sides like the same key exchange and host key algorithm best.</summary>
    public static bool GuessIsRight(KexInit one, KexInit other) =>
        BestAreEqual(one.KeyExchanges, other.KeyExchanges) && BestAreEqual(one.HostKeys, other.HostKeys);

    private static bool BestAreEqual(IReadOnlyList<string> one, IReadOnlyList<string> other) => one.Count > 0 && other.Count > 0 && one[0] == other[0];

    /// <summary>The marks ride in the list of key exchanges but are none, also when both sides should send the same one.</summary>
    private static bool IsMethod(string name) => name is not
        (KexInit.ExtInfoOfClient or KexInit.ExtInfoOfServer or KexInit.StrictOfClient or KexInit.StrictOfServer);

    private static string Pick(string what, IReadOnlyList<string> client, IReadOnlyList<string> server) =>
        client.FirstOrDefault(server.Contains) ?? throw new SshProtocolException(
            $"Client and server have no {what} in common: the client offers {PeerText.Show(string.Join(',', client))}, the server {PeerText.Show(string.Join(',', server))}.",
            DisconnectReason.KeyExchangeFailed);
}
