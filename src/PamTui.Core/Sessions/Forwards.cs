using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Sessions;

/// <summary>
/// Raw TCP through the gateway as rows: forwarding that a grant allows is a session without an account, which <see cref="Sessions"/> lists, counts
/// and ends as every other; forwarding that is refused is told in the audit.
/// </summary>
public sealed class Forwards
{
    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly TimeProvider _time;

    internal Forwards(Database database, AuditWriter audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Where no forwarding may lead to at that port, as the vault has it now.</summary>
    public Task<ManagedPlaces> ManagedAtAsync(int port, CancellationToken ct) => _database.ReadAsync(
        async tx => new ManagedPlaces(await ResourceRows.HostsOnPortAsync(tx, port).ConfigureAwait(false), await NodeRows.ListenersAsync(tx, port).ConfigureAwait(false)),
        ct);

    /// <summary>A session begins: the place has been dialled. The grant is asked again.</summary>
    /// <param name="source">The user's address.</param>
    /// <param name="node">Names the gateway process' place, the same after a restart.</param>
    /// <param name="address">What was dialled, as ADDRESS:PORT.</param>
    /// <returns>The session's number.</returns>
    public Task<Result<long>> StartAsync(ForwardGrant grant, string source, string node, string address, CancellationToken ct) => _database.WriteAsync<long>(
        async tx =>
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (await ForwardGrant.AskAsync(tx, grant.Who.Id, grant.To, now).ConfigureAwait(false) is not { } still)
            {
                return Refusal.NotAllowed("The grant to forward holds no longer.");
            }

            await NodeRows.PutAsync(tx, node, now + Sessions.NodeLife).ConfigureAwait(false);
            long id = await SessionRows.InsertAsync(tx, new SessionRow
            {
                UserId = still.Who.Id,
                UserName = still.Who.Name,
                Resource = still.Resource,
                ForwardTo = still.To.ToString(),
                Source = Text.Escape(source),
                Node = node,
                GrantId = still.GrantId,
                Started = StoredTime.Of(now),
            }).ConfigureAwait(false);
            string details = AuditDetails.Of(("session", Number(id)), ("grant", Number(still.GrantId)), ("forward", still.To.ToString()), ("address", address));
            await _audit.AppendAsync(tx, new Actor(still.Who.Name, still.Who.Id, still.Who.Role, source), "session.start", still.Resource, details).ConfigureAwait(false);
            return id;
        },
        ct);

    /// <summary>Somebody asked the gateway to forward where it does not: a row of the audit.</summary>
    /// <param name="way">"local" (-L, -W, -D), "remote" (-R), "channel".</param>
    /// <param name="target">Where to, as the client said it; of any content.</param>
    /// <param name="why">Why a place that a grant names is not dialled; null: no grant names it.</param>
    /// <param name="isLast">Of this connection no further ones are told.</param>
    public Task NoteRefusedAsync(User who, string source, string way, string target, string? why, bool isLast, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            string details = AuditDetails.Of(("way", way), ("why", why), ("further", isLast ? "untold" : null));
            await _audit.AppendAsync(tx, new Actor(who.Name, who.Id, who.Role, source), "forward.refuse", target, details).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
