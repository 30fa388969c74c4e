using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Certificates;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Sessions;

/// <summary>
/// Brokered connections as rows: the gateway that runs one writes it, any process may list it and ask for its end. A member sees and
/// ends his own, and sees those on accounts that he may audit.
/// </summary>
public sealed class Sessions
{
    /// <summary>A gateway that has said nothing for so long is taken for dead; each says something three times in it (<see cref="BeatAsync"/>).</summary>
    public static readonly TimeSpan NodeLife = TimeSpan.FromSeconds(45);

    private const int MaxReason = 256;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly Credentials _credentials;
    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _time;
    private readonly StoreWatch _changes;
    private readonly EndingWatch _watch = new();

    internal Sessions(Database database, StoreWatch changes, AuditWriter audit, Credentials credentials, CertificateAuthority authority, TimeProvider time) =>
        (_database, _changes, _audit, _credentials, _authority, _time) = (database, changes, audit, credentials, authority, time);

    /// <summary>
    /// The stored credential, for somebody who shows a grant to connect; the grant is asked again. Empty for an account with certificates:
    /// <see cref="IssueCertificateAsync"/> makes one.
    /// </summary>
    /// <exception cref="VaultException">The sealed row was changed outside the vault.</exception>
    public Task<Result<TargetCredential>> OpenCredentialAsync(AccessGrant grant, CancellationToken ct) => _database.ReadAsync<Result<TargetCredential>>(
        async tx =>
        {
            if (await StillAsync(tx, grant).ConfigureAwait(false) is not { } still)
            {
                return Gone();
            }

            Resource resource = (await ResourceRows.FindAsync(tx, still.What.Resource).ConfigureAwait(false))!;
            (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, still.What).ConfigureAwait(false);
            return new TargetCredential(resource, still.What.Username, still.What.Credential, main, passphrase);
        },
        ct);

    /// <summary>
    /// The credential as it is now, to end at the target what a session leaves running there. The grant is not asked again, as its end may be
    /// why the session ends; the audit says that the credential was used once more.
    /// </summary>
    /// <param name="grant">With which the session began.</param>
    /// <param name="session">Its number; it is live yet.</param>
    /// <returns>NotFound: the account is gone, and its credential with it. NotAllowed: the session is not one of this grant, or over.</returns>
    /// <exception cref="VaultException">The sealed row was changed outside the vault.</exception>
    public Task<Result<TargetCredential>> OpenCredentialToEndAsync(AccessGrant grant, long session, CancellationToken ct) => _database.WriteAsync<TargetCredential>(
        async tx =>
        {
            if (await SessionRows.FindAsync(tx, session).ConfigureAwait(false) is not { Ended: null } row || (row.AccountId, row.UserId) != (grant.What.Id, grant.Who.Id))
            {
                return Refusal.NotAllowed($"The session {session} is over, or another's.");
            }

            if (await AccountRows.FindAsync(tx, row.AccountId).ConfigureAwait(false) is not { } account)
            {
                return Refusal.NotFound("The account was removed, and its credential with it.");
            }

            Resource resource = (await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))!;
            await _audit.AppendAsync(
                tx, new Actor(row.UserName, row.UserId, grant.Who.Role, row.Source), "session.end-running", row.Target, AuditDetails.Of(("session", Number(session)))).ConfigureAwait(false);
            (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, account).ConfigureAwait(false);
            return new TargetCredential(resource, account.Username, account.Credential, main, passphrase);
        },
        ct);

    /// <summary>
    /// Certifies a key for one sign-in as the account, and takes the number that the session will have; the audit row is on the disk before
    /// anybody has the certificate.
    /// </summary>
    /// <param name="publicKey">A fresh Ed25519 key, as SSH sends it.</param>
    /// <param name="local">This end of the connection to the target, from which alone the certificate is worth anything unless the resource says from where.</param>
    /// <param name="source">The user's address.</param>
    public Task<Result<SessionCertificate>> IssueCertificateAsync(AccessGrant grant, ReadOnlyMemory<byte> publicKey, IPAddress local, string source, CancellationToken ct) => _database.WriteAsync<SessionCertificate>(
        async tx =>
        {
            if (await StillAsync(tx, grant).ConfigureAwait(false) is not { What.Credential: CredentialType.Certificate } still)
            {
                return Gone();
            }

            string account = still.What.Reference.ToString();
            Resource resource = (await ResourceRows.FindAsync(tx, still.What.Resource).ConfigureAwait(false))!;
            long session = await SessionRows.ReserveAsync(tx).ConfigureAwait(false);
            string keyId = $"pamtui user={still.Who.Name} account={account} session={Number(session)}";
            CertificateRequest request = new(publicKey, keyId, still.What.Username, resource.SourceAddress ?? SourceAddresses.Only(local), account);
            Result<byte[]> issued = await _authority.IssueAsync(tx, ActorOf(still, source), request).ConfigureAwait(false);
            return issued.Refusal is { } no ? no : new SessionCertificate(issued.Value, session);
        },
        ct);

    /// <summary>A session begins: the target has let the account in.</summary>
    /// <param name="source">The user's address.</param>
    /// <param name="node">Names the gateway process' place, the same after a restart.</param>
    /// <param name="number">The one of its <see cref="SessionCertificate"/>; null: the next.</param>
    /// <returns>The session's number.</returns>
    public Task<Result<long>> StartAsync(AccessGrant grant, string source, string node, long? number, CancellationToken ct) => _database.WriteAsync<long>(
        async tx =>
        {
            if (await StillAsync(tx, grant).ConfigureAwait(false) is not { } still)
            {
                return Gone();
            }

            await NodeRows.PutAsync(tx, node, _time.GetUtcNow() + NodeLife).ConfigureAwait(false);
            long id = await SessionRows.InsertAsync(tx, new SessionRow
            {
                Id = number ?? 0,
                UserId = still.Who.Id,
                UserName = still.Who.Name,
                AccountId = still.What.Id,
                Account = still.What.Name,
                Resource = still.What.Resource,
                Source = Text.Escape(source),
                Node = node,
                GrantId = still.GrantId,
                ReadOnly = grant.ReadOnly,
                Started = StoredTime.Of(_time.GetUtcNow()),
            }).ConfigureAwait(false);
            string details = AuditDetails.Of(("session", Number(id)), ("grant", still.GrantId is { } row ? Number(row) : "admin"), ("readOnly", grant.ReadOnly ? "yes" : null));
            await _audit.AppendAsync(tx, ActorOf(still, source), "session.start", still.What.Reference.ToString(), details).ConfigureAwait(false);
            return id;
        },
        ct);

    /// <summary>Sums so far of the sessions of one gateway; the last ones before a crash are kept.</summary>
    public Task ReportBytesAsync(IReadOnlyCollection<(long Id, long BytesIn, long BytesOut)> sums, CancellationToken ct) => sums.Count == 0
        ? Task.CompletedTask
        : _database.WriteAsync<Done>(
            async tx =>
            {
                foreach ((long id, long bytesIn, long bytesOut) in sums)
                {
                    await SessionRows.SetBytesAsync(tx, id, bytesIn, bytesOut).ConfigureAwait(false);
                }

                return default(Done);
            },
            ct);

    /// <summary>The session is over. A second call changes nothing.</summary>
    /// <param name="reason">"closed", "connection lost", an answer of <see cref="EndingsAsync"/>, …</param>
    public Task EndAsync(long id, string reason, long bytesIn, long bytesOut, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            if (await SessionRows.FindAsync(tx, id).ConfigureAwait(false) is { Ended: null } row)
            {
                await SessionRows.SetBytesAsync(tx, id, bytesIn, bytesOut).ConfigureAwait(false);
                await EndAsync(tx, row, reason, bytesIn, bytesOut).ConfigureAwait(false);
            }

            return default(Done);
        },
        ct);

    /// <summary>The newest first.</summary>
    public Task<Result<Page<SessionRecord>>> ListAsync(Actor actor, bool liveOnly, PageRequest page, CancellationToken ct) =>
        SearchAsync(actor, new SessionQuery(LiveOnly: liveOnly), page, ct);

    /// <summary>The newest first.</summary>
    /// <returns>Invalid: the filter does not parse, or asks for what no session has.</returns>
    public async Task<Result<Page<SessionRecord>>> SearchAsync(Actor actor, SessionQuery query, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> filter = FilterSubject.Session.Parse(query.Filter, "A session");
        return filter.Refusal is { } bad
            ? bad
            : await _database.ReadAsync<Result<Page<SessionRecord>>>(
                async tx =>
                {
                    Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                    if (caller.Refusal is { } no)
                    {
                        return no;
                    }

                    SqlArgs args = new();
                    string? seen = await Visibility.SessionsAsync(tx, caller.Value, _time.GetUtcNow(), args).ConfigureAwait(false);
                    return await SessionRows.PageAsync(tx, query, filter.Value, seen, args, FieldCheck.Bounded(page)).ConfigureAwait(false);
                },
                ct).ConfigureAwait(false);
    }

    /// <summary>
    /// The first page of the answer, at once and whenever it becomes another one, at most once a second. Who asks is read again each time;
    /// a refusal is the last answer.
    /// </summary>
    public async IAsyncEnumerable<Result<Page<SessionRecord>>> WatchAsync(Actor actor, SessionQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        Page<SessionRecord>? last = null;
        await foreach (Done _ in _changes.ChangesAsync(ct).ConfigureAwait(false))
        {
            Result<Page<SessionRecord>> now = await SearchAsync(actor, query, new PageRequest(0, PageRequest.MaxLimit), ct).ConfigureAwait(false);
            if (now.IsOk && last is not null && last.Total == now.Value.Total && last.Items.SequenceEqual(now.Value.Items))
            {
                continue;
            }

            yield return now;
            if (!now.IsOk)
            {
                yield break;
            }

            last = now.Value;
        }
    }

    /// <returns>NotFound also for what a member may not see.</returns>
    public Task<Result<SessionRecord>> FindAsync(Actor actor, long id, CancellationToken ct) => _database.ReadAsync<Result<SessionRecord>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            SqlArgs args = new();
            string? seen = await Visibility.SessionsAsync(tx, caller.Value, _time.GetUtcNow(), args).ConfigureAwait(false);
            return await SessionRows.FindAsync(tx, id, seen, args).ConfigureAwait(false) is { } row ? row.ToRecord() : Visibility.NoSession(id);
        },
        ct);

    /// <summary>Asks the gateway that runs the session to end it; within a second it does. For admins, and for one's own.</summary>
    public async Task<Result<Done>> KillAsync(Actor actor, long id, string reason, CancellationToken ct)
    {
        if (reason.Length > MaxReason)
        {
            return Refusal.Invalid($"The reason has more than {MaxReason} characters.", "reason");
        }

        return await _database.WriteAsync<Done>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                SessionRow? row = await SessionRows.FindAsync(tx, id).ConfigureAwait(false);
                if (row is null || (!caller.Value.IsAdmin && row.UserId != caller.Value.User!.Id))
                {
                    return Visibility.NoSession(id);
                }

                if (row.Ended is not null)
                {
                    return Refusal.Failed($"The session {id} has ended already.");
                }

                string told = "killed by " + actor.Name + (reason.Length == 0 ? "" : ": " + reason);
                await SessionRows.SetKillAsync(tx, id, Text.Escape(told, 2 * MaxReason)).ConfigureAwait(false);
                string details = AuditDetails.Of(("session", Number(id)), ("user", row.UserName), ("forward", row.ForwardTo), ("reason", reason.Length == 0 ? null : reason));
                await _audit.AppendAsync(tx, actor, "session.kill", row.Target, details).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Which of these live sessions must end now and why: killed, or its grant, user, account or resource is gone. Asked every second
    /// by the gateway that runs them; while nothing in the vault changes it costs one row.
    /// </summary>
    public Task<IReadOnlyList<(long Id, string Reason)>> EndingsAsync(IReadOnlyCollection<long> liveIds, CancellationToken ct) => liveIds.Count == 0
        ? Task.FromResult<IReadOnlyList<(long, string)>>([])
        : _database.ReadAsync(tx => _watch.AskAsync(tx, liveIds, _time.GetUtcNow()), ct);

    /// <summary>Closes the rows that a process of this node left live when it died. Called once, before the node takes sessions.</summary>
    /// <param name="listens">Where this one takes them: no forwarding leads there.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> RecoverAsync(string node, IReadOnlyList<IPEndPoint> listens, CancellationToken ct)
    {
        Result<int> closed = await _database.WriteAsync<int>(
            async tx =>
            {
                await NodeRows.PutAsync(tx, node, listens, _time.GetUtcNow() + NodeLife).ConfigureAwait(false);
                return await CloseAsync(tx, await SessionRows.LiveOnAsync(tx, node).ConfigureAwait(false), "gateway stopped unexpectedly").ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
        return closed.Value;
    }

    /// <summary>
    /// This gateway lives; and whose gateway does so no more, that session is over. A gateway that was only held up, say by its disk, finds
    /// its sessions closed then and ends them. Called every third of <see cref="NodeLife"/> at least.
    /// </summary>
    /// <returns>How many sessions of other gateways were closed.</returns>
    public async Task<int> BeatAsync(string node, IReadOnlyList<IPEndPoint> listens, CancellationToken ct)
    {
        Result<int> closed = await _database.WriteAsync<int>(
            async tx =>
            {
                DateTimeOffset now = _time.GetUtcNow();
                await NodeRows.PutAsync(tx, node, listens, now + NodeLife).ConfigureAwait(false);
                int left = await CloseAsync(tx, await SessionRows.LeftBehindAsync(tx, now).ConfigureAwait(false), "gateway lost").ConfigureAwait(false);
                await NodeRows.DeleteDeadAsync(tx, now).ConfigureAwait(false);
                return left;
            },
            ct).ConfigureAwait(false);
        return closed.Value;
    }

    private static Refusal Gone() => Refusal.NotAllowed("The grant to connect holds no longer.");

    private static Actor ActorOf(AccessGrant grant, string source) => new(grant.Who.Name, grant.Who.Id, grant.Who.Role, source);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<AccessGrant?> StillAsync(Tx tx, AccessGrant grant) => grant.Capability == Capability.Connect
        && await AccessDecision.AskAsync(tx, grant.Who.Id, grant.What.Id, Capability.Connect, _time.GetUtcNow()).ConfigureAwait(false) is { } still
        && grant.IsCarriedBy(still)
        ? still
        : null;

    private async Task<int> CloseAsync(Tx tx, List<SessionRow> left, string reason)
    {
        foreach (SessionRow row in left)
        {
            await EndAsync(tx, row, row.KillReason ?? reason, row.BytesIn, row.BytesOut).ConfigureAwait(false);
        }

        return left.Count;
    }

    private async Task EndAsync(Tx tx, SessionRow row, string reason, long bytesIn, long bytesOut)
    {
        string told = Text.Escape(reason, 2 * MaxReason);
        await SessionRows.SetEndAsync(tx, row.Id, _time.GetUtcNow(), told).ConfigureAwait(false);
        string details = AuditDetails.Of(("session", Number(row.Id)), ("forward", row.ForwardTo), ("reason", told), ("in", Number(bytesIn)), ("out", Number(bytesOut)));
        await _audit.AppendAsync(tx, new Actor(row.UserName, row.UserId, Role.Member, row.Source), "session.end", row.Target, details).ConfigureAwait(false);
    }
}
