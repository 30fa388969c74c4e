using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// MySQL and MariaDB: the server speaks first, so it is dialled before the client says anything; the client is greeted as it would have been,
/// says what it wants, and is let in when the server has let the account in.
/// </summary>
internal sealed class MySqlProtocol : IDatabaseProtocol
{
    public async Task<string> RunAsync(DatabaseConnection connection, CancellationToken ct)
    {
        PacketStream client = new(connection.Client);
        Result<DatabaseTarget> dialled = await connection.DialAsync(ct).ConfigureAwait(false);
        if (dialled.Refusal is { } unreachable)
        {
            return await RefuseFirstAsync(client, unreachable, ct).ConfigureAwait(false);
        }

        DatabaseTarget target = dialled.Value;
        PacketStream server = new(target.Stream);
        ServerGreeting? greeting = null;
        Refusal? refusal = await connection.TryAsync(
            async inTime =>
            {
                byte[] first = await server.ReadAsync(inTime).ConfigureAwait(false);
                if (first.Length > 0 && first[0] == ErrPacket.Header)
                {
                    SignInAnswer no = SignInAnswer.No(first, AccountOf(connection), []);
                    return connection.Refused(no.Why, no.Detail);
                }

                greeting = ServerGreeting.Read(first);
                return target.Resource.TlsMode != TlsMode.Off && !greeting.Capabilities.HasFlag(Capabilities.Ssl)
                    ? connection.Refused("it does not speak TLS; an operator must give it a certificate, or set the resource's TLS mode to off if the network is trusted.", "no CLIENT_SSL")
                    : null;
            },
            ct).ConfigureAwait(false);
        return refusal is null
            ? await WithClientAsync(connection, target, server, greeting!, client, ct).ConfigureAwait(false)
            : await RefuseFirstAsync(client, refusal, ct).ConfigureAwait(false);
    }

    private static string AccountOf(DatabaseConnection connection) => connection.Grant.What.Reference.ToString();

    private static async Task<string> WithClientAsync(
        DatabaseConnection connection, DatabaseTarget target, PacketStream server, ServerGreeting greeting, PacketStream client, CancellationToken ct)
    {
        ClientSide side = new(client);
        HandshakeResponse asked;
        using (CancellationTokenSource patience = new(connection.Patience, connection.Time))
        using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token))
        {
            try
            {
                asked = await side.GreetAsync(greeting, either.Token).ConfigureAwait(false);
            }
            catch (BrokenProtocolException broken)
            {
                await side.RefuseAsync(ErrPacket.BadHandshake, broken.Message, ct).ConfigureAwait(false);
                return broken.Message;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return "the client said nothing";
            }
        }

        byte[] ok = [];
        ushort code = ErrPacket.AccessDenied;
        Refusal? refusal = await connection.TryAsync(
            async inTime =>
            {
                SignInAnswer answer = await SignInAsync(connection, target, server, greeting, asked, inTime).ConfigureAwait(false);
                (ok, code) = (answer.Ok, answer.Code);
                return answer.IsIn ? null : connection.Refused(answer.Why, answer.Detail);
            },
            ct).ConfigureAwait(false);
        refusal ??= await connection.StartAsync(ct).ConfigureAwait(false);
        if (refusal is not null)
        {
            await side.RefuseAsync(code == 0 ? ErrPacket.AccessDenied : code, refusal.Message, ct).ConfigureAwait(false);
            return refusal.Message;
        }

        await side.LetInAsync(ok, ct).ConfigureAwait(false);
        return await RelayAsync(connection, target, greeting.Capabilities & asked.Capabilities, ct).ConfigureAwait(false);
    }

    private static async Task<SignInAnswer> SignInAsync(
        DatabaseConnection connection, DatabaseTarget target, PacketStream server, ServerGreeting greeting, HandshakeResponse asked, CancellationToken ct)
    {
        byte[] database = asked.Database.Length > 0 ? asked.Database : System.Text.Encoding.UTF8.GetBytes(target.Resource.Database ?? "");
        Capabilities can = ((asked.Capabilities & ~Capabilities.ConnectWithDb) | Capabilities.OfSignIn | (database.Length > 0 ? Capabilities.ConnectWithDb : 0)) & greeting.Capabilities;
        HandshakeResponse ours = asked with { Capabilities = can, Database = database };
        if (target.Resource.TlsMode != TlsMode.Off)
        {
            await server.WriteAsync(ours.WriteSslRequest(), ct).ConfigureAwait(false);
            if (await target.SecureAsync(ct).ConfigureAwait(false) is { } why)
            {
                return SignInAnswer.No(why, "TLS");
            }

            server.Upgrade(target.Stream);
        }

        ServerSide side = new(server, greeting, ours, target.Resource.TlsMode != TlsMode.Off);
        SignInAnswer answer = await side.SignInAsync(target.Username, target.Password, AccountOf(connection), ct).ConfigureAwait(false);
        return answer.IsIn && connection.IsReadOnly ? await ReadOnlyAsync(server, answer, ct).ConfigureAwait(false) : answer;
    }

    private static async Task<SignInAnswer> ReadOnlyAsync(PacketStream server, SignInAnswer answer, CancellationToken ct)
    {
        server.Restart();
        await server.WriteAsync(ReadOnlyRules.ReadOnlyStatement, ct).ConfigureAwait(false);
        byte[] reply = await server.ReadAsync(ct).ConfigureAwait(false);
        return reply.Length > 0 && reply[0] == 0
            ? answer
            : SignInAnswer.No("it does not know sessions that only read, and your grant for this account is for nothing else.", ErrPacket.WordsOf(reply));
    }

    private static async Task<string> RelayAsync(DatabaseConnection connection, DatabaseTarget target, Capabilities can, CancellationToken ct)
    {
        using MySqlRelay relay = new(connection.Client, target.Stream, can, connection.IsReadOnly, connection.LogAsync, connection.Moved, connection.Time);
        string reason = await connection.RelayAsync(relay.UpAsync, relay.DownAsync, relay.FarewellAsync, ct).ConfigureAwait(false);
        foreach (Statement lost in relay.Lost())
        {
            await connection.LogLastAsync(lost).ConfigureAwait(false);
        }

        return reason;
    }

    private static async Task<string> RefuseFirstAsync(PacketStream client, Refusal refusal, CancellationToken ct)
    {
        await client.WriteAsync(ErrPacket.WriteFirst(ErrPacket.AccessDenied, refusal.Message), ct).ConfigureAwait(false);
        return refusal.Message;
    }
}
