using PamTui.Core.Access;
using PamTui.Core.Model;

namespace PamTui.Gateway.Jump;

/// <summary>
/// Which account an inner login means. A client sends a user name whether or not somebody typed one, so the gateway cannot know whether
/// `deploy@web-1` was meant or only `web-1`, typed by a person whose own name is deploy. Both readings are tried, and where they differ
/// neither is taken: nobody lands on another account than the one named because of what his local user is called.
/// </summary>
internal sealed class JumpTargets(Authorizer authorizer)
{
    /// <summary>The words for a host that is no account, or none of this user's: the same for both, and for a host of the network (C9).</summary>
    public static string WhyNone(string host) => $"there is no account {Text.Quote(host)} that you may use.";

    /// <summary>
    /// What the channel leads to, before it is opened. Where an SSH server is the answer, the inner login has its say later; a database hears
    /// of no login, so its account must be clear from the host alone.
    /// </summary>
    public async Task<JumpLead> LeadAsync(long userId, JumpName name, CancellationToken ct)
    {
        if (name.Account is { } account)
        {
            return LeadOf(await authorizer.ResolveAsync(userId, account, name.Host, ct).ConfigureAwait(false)) ?? JumpLead.None.Unknown;
        }

        LoginTarget alone = await authorizer.ResolveAsync(userId, name.Host, null, ct).ConfigureAwait(false);
        ResourceKind? reached = await authorizer.ReachesAsync(userId, name.Host, ct).ConfigureAwait(false);
        return (LeadOf(alone), alone, reached) switch
        {
            (JumpLead.Database, _, ResourceKind.Linux) => new JumpLead.None(WhySeveral(name, [.. References(alone), new AccountRef(name.Host, "ACCOUNT")])),
            ({ } lead, _, _) => lead,
            (_, LoginTarget.Ambiguous, _) => new JumpLead.None(WhySeveral(name, References(alone))),
            (_, _, ResourceKind.Linux) => new JumpLead.Ssh(),
            (_, _, { } kind) => new JumpLead.None(
                $"{Text.Quote(name.Host)} is a {Words.Of(kind)} resource; name one of its accounts as the host: {JumpName.Format(new AccountRef(name.Host, "ACCOUNT"))}"),
            _ => JumpLead.None.Unknown,
        };
    }

    /// <param name="login">The inner user name, of any content.</param>
    public async Task<Result<AccessGrant>> ResolveAsync(long userId, JumpName name, string login, CancellationToken ct)
    {
        LoginTarget ofHost = await authorizer.ResolveAsync(userId, name.Account ?? login, name.Host, ct).ConfigureAwait(false);
        LoginTarget alone = name.Account is null ? await authorizer.ResolveAsync(userId, name.Host, null, ct).ConfigureAwait(false) : new LoginTarget.None();
        return (ofHost, alone) switch
        {
            (LoginTarget.Found found, LoginTarget.None) => found.Grant,
            (LoginTarget.None, LoginTarget.Found found) => found.Grant,
            (LoginTarget.Found found, LoginTarget.Found same) when found.Grant.What.Reference == same.Grant.What.Reference => found.Grant,
            (LoginTarget.None, LoginTarget.None) => Refusal.NotFound(WhyNone(name.ToString())),
            _ => Refusal.Failed(WhySeveral(name, [.. References(ofHost).Concat(References(alone)).Distinct()])),
        };
    }

    private static JumpLead? LeadOf(LoginTarget target) => target switch
    {
        LoginTarget.Found { Grant: { What.Kind: not ResourceKind.Linux } grant } => new JumpLead.Database(grant),
        LoginTarget.Found => new JumpLead.Ssh(),
        _ => null,
    };

    private static string WhySeveral(JumpName name, IEnumerable<AccountRef> accounts) =>
        $"{Text.Quote(name.Host)} can mean several accounts here; name one of them as the host: " + string.Join(", ", accounts.Select(JumpName.Format));

    private static IEnumerable<AccountRef> References(LoginTarget target) => target switch
    {
        LoginTarget.Found found => [found.Grant.What.Reference],
        LoginTarget.Ambiguous several => several.Candidates,
        _ => [],
    };
}
