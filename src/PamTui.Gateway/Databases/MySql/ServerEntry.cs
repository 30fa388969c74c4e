using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>The way into a server from its first packet on: its greeting, TLS where the resource has it, and the account's sign-in.</summary>
/// <param name="account">For words that name it.</param>
internal sealed class ServerEntry(DatabaseLeg leg, string account)
{
    private bool UsesTls => leg.Resource.TlsMode != TlsMode.Off;

    public PacketStream Packets { get; } = new(leg.Stream);

    /// <returns>The greeting, or why there is none.</returns>
    public async Task<(ServerGreeting? Greeting, SignInAnswer? No)> GreetingAsync(CancellationToken ct)
    {
        byte[] first = await Packets.ReadAsync(ct).ConfigureAwait(false);
        if (first.Length > 0 && first[0] == ErrPacket.Header)
        {
            return (null, SignInAnswer.No(first, account, []));
        }

        ServerGreeting greeting = ServerGreeting.Read(first);
        return UsesTls && !greeting.Capabilities.HasFlag(Capabilities.Ssl)
            ? (null, SignInAnswer.No("it does not speak TLS; an operator must give it a certificate, or set the resource's TLS mode to off if the network is trusted.", "no CLIENT_SSL"))
            : (greeting, null);
    }

    /// <summary>TLS is judged before a name is sent (G8).</summary>
    /// <param name="asked">What the session is to be like; only what the server can is agreed on.</param>
    public async Task<SignInAnswer> SignInAsync(ServerGreeting greeting, HandshakeResponse asked, string username, Secret password, CancellationToken ct)
    {
        Capabilities can = ((asked.Capabilities & ~Capabilities.ConnectWithDb) | Capabilities.OfSignIn | (asked.Database.Length > 0 ? Capabilities.ConnectWithDb : 0)) & greeting.Capabilities;
        HandshakeResponse ours = asked with { Capabilities = can };
        if (UsesTls)
        {
            await Packets.WriteAsync(ours.WriteSslRequest(), ct).ConfigureAwait(false);
            if (await leg.SecureAsync(ct).ConfigureAwait(false) is { } why)
            {
                return SignInAnswer.No(why, "TLS");
            }

            Packets.Upgrade(leg.Stream);
        }

        return await new ServerSide(Packets, greeting, ours, UsesTls).SignInAsync(username, password, account, ct).ConfigureAwait(false);
    }
}
