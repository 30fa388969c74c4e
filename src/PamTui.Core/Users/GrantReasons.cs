using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Users;

/// <summary>Why a user may, or may not, do something with an account, or forward somewhere.</summary>
/// <param name="Account">Null when it is about forwarding.</param>
/// <param name="Capabilities">Everything he may do with it now.</param>
/// <param name="Sentence">The answer in words.</param>
/// <param name="Reasons">His grants and his groups', each with what it says about the account.</param>
public sealed record GrantExplanation(string User, AccountRef? Account, Capability Capabilities, string Sentence, IReadOnlyList<GrantReason> Reasons)
{
    /// <summary>Where to forward; null when it is about an account.</summary>
    public HostPort? Place { get; init; }
}

/// <param name="Holds">It reaches the account, or lets forward there, and holds now.</param>
public sealed record GrantReason(Grant Grant, bool Holds, string Why);

/// <summary>The answer to why, from what the store says at this moment.</summary>
internal static class GrantReasons
{
    public static async Task<GrantExplanation> ExplainAsync(Tx tx, User user, Account account, DateTimeOffset now)
    {
        IReadOnlyList<Grant> grants = await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false);
        HashSet<long> reaching = [.. (await GrantRows.ReachingAsync(tx, grants, account).ConfigureAwait(false)).Select(grant => grant.Id)];
        List<GrantReason> reasons = [.. grants.Select(grant => reaching.Contains(grant.Id) ? Reason(grant, now) : new GrantReason(grant, false, "does not reach this account"))];
        Capability sum = user switch
        {
            { Disabled: true } => Capability.None,
            { Role: Role.Admin } => Visibility.Any,
            _ => reasons.Where(reason => reason.Holds).Aggregate(Capability.None, (all, reason) => all | (reason.Grant.Capabilities & Visibility.Any)),
        };
        string name = Text.Escape(user.Name);
        string sentence = user switch
        {
            { Disabled: true } => $"No: {name} is disabled.",
            { Role: Role.Admin } => $"Yes: {name} is an admin and may do everything.",
            _ when sum == Capability.None => $"No: {Text.Escape(user.Name)} has no grant that reaches {account.Reference} now.",
            _ => $"Yes: {name} may {Shown(sum)}{(IsReadOnly(reasons) ? ", for reading only," : "")} by {By(reasons.Where(reason => (reason.Grant.Capabilities & Visibility.Any) != Capability.None))}.",
        };
        return new GrantExplanation(user.Name, account.Reference, sum, sentence, reasons);
    }

    public static async Task<GrantExplanation> ExplainAsync(Tx tx, User user, HostPort to, DateTimeOffset now)
    {
        List<GrantReason> reasons =
        [
            .. (await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false)).Select(grant =>
                ForwardGrant.LetsForward(grant, to) ? Reason(grant, now) : new GrantReason(grant, false, "does not let forward there")),
        ];
        bool may = !user.Disabled && reasons.Exists(reason => reason.Holds);
        string name = Text.Escape(user.Name);
        string sentence = user.Disabled ? $"No: {name} is disabled."
            : may ? $"Yes: {name} may forward to {to} by {By(reasons)}, as long as it leads to nothing that the vault manages."
            : $"No: {name} has no grant that lets forward to {to} now{(user.Role == Role.Admin ? "; an admin needs one too" : "")}.";
        return new GrantExplanation(user.Name, null, may ? Capability.Forward : Capability.None, sentence, reasons) { Place = to };
    }

    private static string By(IEnumerable<GrantReason> reasons) => string.Join(" and ", reasons.Where(reason => reason.Holds).Select(reason => "grant " + reason.Grant.Id));

    private static GrantReason Reason(Grant grant, DateTimeOffset now) => grant switch
    {
        { From: var from } when from > now => new GrantReason(grant, false, $"begins only at {from:u}"),
        { Until: { } until } when until <= now => new GrantReason(grant, false, $"ended at {until:u}"),
        _ => new GrantReason(grant, true, $"lets {(grant.Grantee.StartsWith(Grants.GroupMark, StringComparison.Ordinal) ? "the members of " + grant.Grantee[Grants.GroupMark.Length..] : grant.Grantee)} {grant.Rights}"),
    };

    // One grant that lets connect without that word is enough for more.
    private static bool IsReadOnly(IReadOnlyList<GrantReason> reasons)
    {
        IEnumerable<Grant> connecting = reasons.Where(reason => reason.Holds && reason.Grant.Capabilities.HasFlag(Capability.Connect)).Select(reason => reason.Grant);
        return connecting.Any() && connecting.All(grant => grant.ReadOnly);
    }

    private static string Shown(Capability capabilities) =>
        string.Join(", ", Enum.GetValues<Capability>().Where(one => one != Capability.None && capabilities.HasFlag(one)).Select(Words.Of));
}
