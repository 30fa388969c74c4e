using PamTui.Core.Statements;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>A session from the sign-in to its end: what its two pumps share.</summary>
/// <param name="can">What the client and the server agreed on.</param>
/// <param name="status">Of the server, as it was at the end of the sign-in.</param>
/// <param name="log">Keeps a statement, and waits while it is behind.</param>
/// <param name="moved">Counts bytes from the client and from the server.</param>
internal sealed class MySqlRelay(
    Stream client, Stream server, Capabilities can, int status, bool readOnly, Func<Statement, CancellationToken, ValueTask> log, Action<int, int> moved, TimeProvider time) : IDisposable
{
    private const string Target = "target";

    private readonly SharedWriter _toClient = new(client);
    private ReplyFollower? _follower;
    private bool _isEnded;
    private bool _hasServerBroken;

    public Conversation Talk { get; } = new(status);

    public PreparedStatements Prepared { get; } = new();

    public bool IsReadOnly => readOnly;

    /// <summary>The client has said COM_QUIT: what it asked for before that may run to its end, as it does without a gateway.</summary>
    public bool HasQuit { get; set; }

    /// <summary>
    /// The server has a command that nobody waits for any more. One that breaks the protocol is not signed in to again. When both pumps have
    /// stopped, before <see cref="Lost"/>.
    /// </summary>
    public bool IsLeftRunning => !_hasServerBroken && !Talk.IsIdle && (_isEnded || !HasQuit);

    public TimeProvider Time => time;

    /// <summary>From the client to the server.</summary>
    public Task<PumpEnd> UpAsync(CancellationToken ct) => EndOfAsync(new CommandPump(client, server, this).RunAsync(ct), "closed", "user", ct);

    /// <summary>From the server to the client.</summary>
    public Task<PumpEnd> DownAsync(CancellationToken ct)
    {
        _follower = new ReplyFollower(Talk, Prepared, can, time);
        return EndOfAsync(new ReplyPump(server, _toClient, _follower, this).RunAsync(ct), Pump.ClosedByTarget, Target, ct);
    }

    /// <summary>Tells the client why it is over, unless it is in the middle of a packet. When both pumps have stopped.</summary>
    public ValueTask FarewellAsync(string words, CancellationToken ct)
    {
        _isEnded = true;
        return _follower?.NextNumber is { } number
            ? _toClient.WriteAsync(PacketStream.Frame(ErrPacket.Write(ErrPacket.ConnectionKilled, words).Span, number), ct)
            : ValueTask.CompletedTask;
    }

    /// <summary>What the server was given and has not answered, for the log. When both pumps have stopped.</summary>
    public IEnumerable<Statement> Lost() => _follower?.Lost() ?? [];

    public void Moved(int fromClient = 0, int fromTarget = 0) => moved(fromClient, fromTarget);

    public ValueTask LogAsync(Statement statement, CancellationToken ct) => log(statement, ct);

    /// <param name="statement">What the command names, if the gateway knows it.</param>
    public (ushort Code, string Why)? WhyRefused(Command command, PreparedStatement? statement) => command switch
    {
        Command.StmtPrepare when Prepared.IsFull => (ErrPacket.TooManyStatements, "The session has prepared more statements than the gateway keeps for the log: close some."),

        // Its text was never seen: it may be what PREPARE of another statement made.
        Command.StmtExecute when readOnly && statement is null => (ErrPacket.ReadOnly, "Your grant for this account is to read only, and this statement was not prepared in a way that the gateway sees."),
        _ => CommandRules.WhyRefused(command, readOnly) is { } why ? (ErrPacket.UnknownCommand, why) : null,
    };

    /// <summary>Answers in the server's place. When no reply is to come.</summary>
    public async ValueTask RefuseAsync(OpenCommand command, (ushort Code, string Why) refusal, CancellationToken ct)
    {
        PendingReply refused = command.End(ReplyKind.Single, time);
        refused.ErrorCode = refusal.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (refused.Ended(time, Talk.Backslash) is { } statement)
        {
            await log(statement, ct).ConfigureAwait(false);
        }

        await _toClient.WriteAsync(PacketStream.Frame(ErrPacket.Write(refusal.Code, refusal.Why).Span, (byte)(command.Number + 1)), ct).ConfigureAwait(false);
    }

    /// <summary>The session is as new by the command that the server has now; what was agreed at its sign-in holds again before another comes.</summary>
    public async ValueTask ResetAsync(CancellationToken ct)
    {
        Prepared.Clear();
        if (!readOnly)
        {
            return;
        }

        Talk.Ask(new PendingReply(Command.Query, ReplyKind.Results, isHidden: true));
        await server.WriteAsync(PacketStream.Frame(ReadOnlyRules.ReadOnlyStatement, 0), ct).ConfigureAwait(false);
        await Talk.IdleAsync(ct).ConfigureAwait(false);
    }

    public void Dispose() => _toClient.Dispose();

    private async Task<PumpEnd> EndOfAsync(Task pump, string atEnd, string from, CancellationToken ct)
    {
        try
        {
            await pump.ConfigureAwait(false);
            return new PumpEnd(atEnd, IsNews: false);
        }
        catch (BrokenProtocolException broken)
        {
            _hasServerBroken |= from == Target;
            return new PumpEnd($"the {from} broke the protocol: {broken.Message}", IsNews: true);
        }
        catch (SshException)
        {
            return new PumpEnd("connection to the user lost", IsNews: false);
        }
        catch (IOException)
        {
            return new PumpEnd("connection to the target lost", IsNews: true);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return PumpEnd.Stopped;
        }
    }
}
