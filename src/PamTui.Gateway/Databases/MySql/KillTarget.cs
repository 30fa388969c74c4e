using System.Globalization;
using System.Net;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// A session upstream, as a KILL reaches it: a server does not notice that its client is gone before it has something to say to it, and takes
/// the order only from who signs in as the same user. So the password is kept as long as the session lives, here and nowhere else; disposing
/// this zeroes it.
/// </summary>
/// <param name="endPoint">The very server that runs it, of several behind the host's name.</param>
/// <param name="password">Belongs to this.</param>
/// <param name="connection">The server's own number of the session.</param>
internal sealed class KillTarget(Resource resource, IPEndPoint endPoint, string username, Secret password, uint connection, string account) : IDisposable
{
    private const byte Utf8Mb4 = 45;
    private const int MaxPacket = 1024 * 1024;
    private const ushort NoSuchThread = 1094;

    /// <summary>Ends the session at its server, with what it runs.</summary>
    /// <returns>Null: it is over. Else why that is not known.</returns>
    public async Task<string?> SendAsync(CancellationToken ct)
    {
        DatabaseLeg leg = await DatabaseLeg.DialAsync(resource, endPoint, ct).ConfigureAwait(false);
        await using (leg.ConfigureAwait(false))
        {
            ServerEntry entry = new(leg, account);
            (ServerGreeting? greeting, SignInAnswer? no) = await entry.GreetingAsync(ct).ConfigureAwait(false);
            if (greeting is not null)
            {
                HandshakeResponse asked = new(Capabilities.OfSignIn | Capabilities.MySql, MaxPacket, Utf8Mb4, [], PluginName.Native, []);
                SignInAnswer answer = await entry.SignInAsync(greeting, asked, username, password, ct).ConfigureAwait(false);
                no = answer.IsIn ? null : answer;
            }

            return no is null ? await KillAsync(entry.Packets, ct).ConfigureAwait(false) : $"{no.Why} {no.Detail}";
        }
    }

    public void Dispose() => password.Dispose();

    private async Task<string?> KillAsync(PacketStream server, CancellationToken ct)
    {
        server.Restart();
        byte[] order = [(byte)Command.Query, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"KILL {connection}"))];
        await server.WriteAsync(order, ct).ConfigureAwait(false);
        byte[] reply = await server.ReadAsync(ct).ConfigureAwait(false);
        return reply.Length > 0 && reply[0] == ErrPacket.Header && ErrPacket.CodeOf(reply) != NoSuchThread ? ErrPacket.WordsOf(reply) : null;
    }
}
