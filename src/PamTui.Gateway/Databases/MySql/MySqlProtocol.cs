using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// MySQL and MariaDB: the server speaks first, so it is dialled before the client says anything; the client is greeted as it would have been,
/// says what it wants, and is let in when the server has let the account in.
/// </summary>
internal sealed class MySqlProtocol : IDatabaseProtocol
{
    /// <summary>For what a session left running to be ended at its server.</summary>
    private static readonly TimeSpan s_killWait = TimeSpan.FromSeconds(5);

    public async Task<string> RunAsync(DatabaseConnection connection, CancellationToken ct)
    {
        PacketStream client = new(connection.Client);
        Result<DatabaseTarget> dialled = await connection.DialAsync(ct).ConfigureAwait(false);
        if (dialled.Refusal is { } unreachable)
        {
            return await RefuseFirstAsync(client, unreachable, ct).ConfigureAwait(false);
        }

        DatabaseTarget target = dialled.Value;
        ServerEntry server = new(target.Leg, AccountOf(connection));
        ServerGreeting? greeting = null;
        Refusal? refusal = await connection.TryAsync(
            async inTime =>
            {
                (greeting, SignInAnswer? no) = await server.GreetingAsync(inTime).ConfigureAwait(false);
                return no is null ? null : connection.Refused(no.Why, no.Detail);
            },
            ct).ConfigureAwait(false);
        return refusal is null
            ? await WithClientAsync(connection, target, server, greeting!, client, ct).ConfigureAwait(false)
            : await RefuseFirstAsync(client, refusal, ct).ConfigureAwait(false);
    }

    private static string AccountOf(DatabaseConnection connection) => connection.Grant.What.Reference.ToString();

    private static async Task<string> WithClientAsync(
        DatabaseConnection connection, DatabaseTarget target, ServerEntry server, ServerGreeting greeting, PacketStream client, CancellationToken ct)
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
        int status = 0;
        Refusal? refusal = await connection.TryAsync(
            async inTime =>
            {
                SignInAnswer answer = await SignInAsync(connection, target, server, greeting, asked, inTime).ConfigureAwait(false);
                (ok, code, status) = (answer.Ok, answer.Code, answer.Status);
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
        KillTarget running = new(target.Resource, target.EndPoint, greeting.ConnectionId, AccountOf(connection));
        return await RelayAsync(connection, target, greeting.Capabilities & asked.Capabilities, status, running, ct).ConfigureAwait(false);
    }

    private static async Task<SignInAnswer> SignInAsync(
        DatabaseConnection connection, DatabaseTarget target, ServerEntry server, ServerGreeting greeting, HandshakeResponse asked, CancellationToken ct)
    {
        byte[] database = asked.Database.Length > 0 ? asked.Database : System.Text.Encoding.UTF8.GetBytes(target.Resource.Database ?? "");
        SignInAnswer answer = await server.SignInAsync(greeting, asked with { Database = database }, target.Username, target.Password, ct).ConfigureAwait(false);
        return answer.IsIn && connection.IsReadOnly ? await ReadOnlyAsync(server.Packets, answer, ct).ConfigureAwait(false) : answer;
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

    private static async Task<string> RelayAsync(DatabaseConnection connection, DatabaseTarget target, Capabilities can, int status, KillTarget running, CancellationToken ct)
    {
        using MySqlRelay relay = new(connection.Client, target.Stream, can, status, connection.IsReadOnly, connection.LogAsync, connection.Moved, connection.Time);
        string reason = await connection.RelayAsync(relay.UpAsync, relay.DownAsync, relay.FarewellAsync, ct).ConfigureAwait(false);
        bool leftRunning = relay.IsLeftRunning && reason != Pump.ClosedByTarget;
        foreach (Statement lost in relay.Lost())
        {
            await connection.LogLastAsync(lost).ConfigureAwait(false);
        }

        return leftRunning && !await KillAsync(connection, running).ConfigureAwait(false) ? reason + "; what it left running could not be ended at the server" : reason;
    }

    /// <returns>Whether it is over at the server.</returns>
    private static async Task<bool> KillAsync(DatabaseConnection connection, KillTarget running)
    {
        using CancellationTokenSource limit = new(s_killWait, connection.Time);
        string? why;
        try
        {
            Result<TargetCredential> opened = await connection.OpenCredentialToEndAsync(limit.Token).ConfigureAwait(false);
            using TargetCredential? credential = opened.IsOk ? opened.Value : null;
            why = credential is null ? opened.Refusal!.Message : await running.SendAsync(credential, limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever keeps the vault or the server from it: the session is over all the same, and its row says what is not.
        catch (Exception e)
#pragma warning restore CA1031
        {
            why = e.Message;
        }

        if (why is not null)
        {
            Log.CancelLost(connection.Logger, AccountOf(connection), Text.Escape(why));
        }

        return why is null;
    }

    private static async Task<string> RefuseFirstAsync(PacketStream client, Refusal refusal, CancellationToken ct)
    {
        await client.WriteAsync(ErrPacket.WriteFirst(ErrPacket.AccessDenied, refusal.Message), ct).ConfigureAwait(false);
        return refusal.Message;
    }
}
