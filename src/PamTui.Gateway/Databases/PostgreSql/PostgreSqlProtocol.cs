using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// PostgreSQL's frontend/backend protocol, 3.0 and 3.2 towards the client and 3.0 towards the target (the manual's chapter of that name). The
/// client is let in without a question, since its tunnel has signed in; the server hears the account's user and password, and from its first
/// ReadyForQuery on both hear each other.
/// </summary>
internal sealed class PostgreSqlProtocol : IDatabaseProtocol
{
    private static readonly TimeSpan s_cancelWait = TimeSpan.FromSeconds(5);

    private readonly CancelKeys _keys = new();

    public async Task<string> RunAsync(DatabaseConnection connection, CancellationToken ct)
    {
        switch (await ReadStartAsync(connection, ct).ConfigureAwait(false))
        {
            case ClientStart.Cancel cancel:
                await CancelAsync(connection, cancel.Key, ct).ConfigureAwait(false);
                return "";
            case ClientStart.Session start:
                return await ServeAsync(connection, start.Packet, ct).ConfigureAwait(false);
            case ClientStart.Refused refused:
                return refused.Why;
            default:
                return "";
        }
    }

    /// <summary>Null: it said nothing, or nothing of PostgreSQL's.</summary>
    private static async Task<ClientStart?> ReadStartAsync(DatabaseConnection connection, CancellationToken ct)
    {
        using CancellationTokenSource patience = new(connection.Patience, connection.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await ClientStart.ReadAsync(connection.Client, either.Token).ConfigureAwait(false);
        }
        catch (BrokenProtocolException e)
        {
            await RefuseAsync(connection, ErrorMessage.ProtocolViolation, e.Message, ct).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is EndOfStreamException || (e is OperationCanceledException && patience.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<string> ServeAsync(DatabaseConnection connection, StartupPacket packet, CancellationToken ct)
    {
        Result<DatabaseTarget> dialled = await connection.DialAsync(ct).ConfigureAwait(false);
        if (dialled.Refusal is { } unreachable)
        {
            return await RefuseAsync(connection, ErrorMessage.ConnectionRefused, unreachable.Message, ct).ConfigureAwait(false);
        }

        DatabaseTarget target = dialled.Value;
        Result<StartupTerms> terms = StartupTerms.Of(packet, target.Resource, target.Username, connection.IsReadOnly);
        if (terms.Refusal is { } wrong)
        {
            return await RefuseAsync(connection, ErrorMessage.InvalidParameter, wrong.Message, ct).ConfigureAwait(false);
        }

        MessageWriter ready = new();
        if (packet.NeedsNegotiation)
        {
            packet.WriteNegotiation(ready);
        }

        ready.Begin(Backend.Authentication).Int32(0).End();
        ClientEncoding encoding = new();
        CancelKey? upstream = null;
        Refusal? refusal = await connection.TryAsync(
            async inTime =>
            {
                if (await TargetSignIn.SecureAsync(target.Leg, inTime).ConfigureAwait(false) is { } why)
                {
                    return connection.Refused(why, "TLS");
                }

                Result<CancelKey> signedIn = await new TargetSignIn(connection, target, encoding).RunAsync(terms.Value, ready, inTime).ConfigureAwait(false);
                upstream = signedIn.Refusal is null ? signedIn.Value : null;
                return signedIn.Refusal;
            },
            ct).ConfigureAwait(false)
            ?? await connection.StartAsync(ct).ConfigureAwait(false);
        if (refusal is not null)
        {
            return await RefuseAsync(connection, ErrorMessage.ConnectionRefused, refusal.Message, ct).ConfigureAwait(false);
        }

        CancelTarget running = new(target.Resource, target.EndPoint, target.Certificate is not null, upstream!);
        CancelKey key = _keys.Add(packet.Agreed, connection.Grant, running);
        try
        {
            key.WriteKeyData(ready);
            ready.Begin(Backend.ReadyForQuery).Byte((byte)'I').End();
            return await RelayAsync(connection, target, ready.Written, encoding, running, ct).ConfigureAwait(false);
        }
        finally
        {
            _keys.Remove(key);
        }
    }

    private static async Task<string> RelayAsync(
        DatabaseConnection connection, DatabaseTarget target, ReadOnlyMemory<byte> ready, ClientEncoding encoding, CancelTarget running, CancellationToken ct)
    {
        StatementTracker tracker = new(connection.Time, encoding);
        using ClientFollower client = new(tracker, encoding, connection.IsReadOnly, connection.Time);
        using TargetFollower server = new(tracker, encoding, connection.IsReadOnly, connection.LogAsync);
        bool ended = false;
        string reason = await connection.RelayAsync(
            stop => Pump.FromClientAsync(connection, target, client.FollowAsync, stop),
            stop => Pump.FromTargetAsync(connection, target, ready, server.FollowAsync, stop),
            async (line, inTime) =>
            {
                ended = true;

                // In the middle of a row nothing else can be said.
                if (server.AtBoundary)
                {
                    await connection.Client.WriteAsync(new ErrorMessage("FATAL", ErrorMessage.AdminShutdown, line).Write(), inTime).ConfigureAwait(false);
                }
            },
            ct).ConfigureAwait(false);
        IReadOnlyList<Statement> unanswered = tracker.Abandon();
        foreach (Statement statement in unanswered)
        {
            await connection.LogLastAsync(statement).ConfigureAwait(false);
        }

        if (unanswered.Count > 0 && (ended || !client.HasTerminated) && reason != Pump.ClosedByTarget)
        {
            // A server does not notice that its client is gone before it has something to say to it; what was ended must not run on. What a
            // client said Terminate behind may, as it does without a gateway.
            await CancelAsync(connection, running, CancellationToken.None).ConfigureAwait(false);
        }

        return client.HasTerminated && reason == Pump.ClosedByTarget ? "closed" : reason;
    }

    /// <summary>An unknown key, and one of somebody else, is ignored without a word, as the server does (G3).</summary>
    private async Task CancelAsync(DatabaseConnection connection, CancelKey shown, CancellationToken ct)
    {
        if (_keys.Find(shown, connection.Grant) is { } session)
        {
            await CancelAsync(connection, session, ct).ConfigureAwait(false);
        }
    }

    private static async Task CancelAsync(DatabaseConnection connection, CancelTarget session, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(s_cancelWait, connection.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await session.SendAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or BrokenProtocolException or OperationCanceledException)
        {
            Log.CancelLost(connection.Logger, connection.Grant.What.Reference.ToString(), Text.Escape(e.Message));
        }
    }

    private static async Task<string> RefuseAsync(DatabaseConnection connection, string code, string why, CancellationToken ct)
    {
        await connection.Client.WriteAsync(new ErrorMessage("FATAL", code, why).Write(), ct).ConfigureAwait(false);
        return why;
    }
}
