using System.Globalization;
using System.Net;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Sessions;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// A session upstream, as a KILL reaches it: a server does not notice that its client is gone before it has something to say to it, and takes
/// the order only from who signs in as the same user.
/// </summary>
/// <param name="resource">As it was when the session began.</param>
/// <param name="endPoint">The very server that runs it, of several behind the host's name.</param>
/// <param name="connection">The server's own number of the session.</param>
internal sealed class KillTarget(Resource resource, IPEndPoint endPoint, uint connection, string account)
{
    private const byte Utf8Mb4 = 45;
    private const int MaxPacket = 1024 * 1024;
    private const ushort NoSuchThread = 1094;

    /// <summary>Ends the session at its server, with what it runs.</summary>
    /// <param name="credential">Of the vault as it is now: it may have been rotated while the session ran.</param>
    /// <returns>Null: it is over. Else why that is not known.</returns>
    public async Task<string?> SendAsync(TargetCredential credential, CancellationToken ct)
    {
        // What is in the vault now is nothing to show to a server that the vault knows no more.
        if ((credential.Resource.Id, credential.Resource.Host, credential.Resource.Port) != (resource.Id, resource.Host, resource.Port) || credential.Type != CredentialType.Password)
        {
            return "the account is at another server now.";
        }

        DatabaseLeg leg = await DatabaseLeg.DialAsync(credential.Resource, endPoint, ct).ConfigureAwait(false);
        await using (leg.ConfigureAwait(false))
        {
            ServerEntry entry = new(leg, account);
            (ServerGreeting? greeting, SignInAnswer? no) = await entry.GreetingAsync(ct).ConfigureAwait(false);
            if (greeting is not null)
            {
                HandshakeResponse asked = new(Capabilities.OfSignIn | Capabilities.MySql, MaxPacket, Utf8Mb4, [], PluginName.Native, []);
                SignInAnswer answer = await entry.SignInAsync(greeting, asked, credential.Username, credential.Main, ct).ConfigureAwait(false);
                no = answer.IsIn ? null : answer;
            }

            return no is null ? await KillAsync(entry.Packets, ct).ConfigureAwait(false) : $"{no.Why} {no.Detail}";
        }
    }

    private async Task<string?> KillAsync(PacketStream server, CancellationToken ct)
    {
        server.Restart();
        byte[] order = [(byte)Command.Query, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"KILL {connection}"))];
        await server.WriteAsync(order, ct).ConfigureAwait(false);
        byte[] reply = await server.ReadAsync(ct).ConfigureAwait(false);
        return reply.Length > 0 && reply[0] == ErrPacket.Header && ErrPacket.CodeOf(reply) != NoSuchThread ? ErrPacket.WordsOf(reply) : null;
    }
}
