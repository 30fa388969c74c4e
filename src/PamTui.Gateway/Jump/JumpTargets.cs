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

    /// <summary>Whether any inner login could lead to an account, for the channel to be opened at all.</summary>
    public async Task<bool> CanLeadSomewhereAsync(long userId, JumpName name, CancellationToken ct) => name.Account is { } account
        ? await authorizer.ResolveAsync(userId, account, name.Host, ct).ConfigureAwait(false) is not LoginTarget.None
        : await authorizer.ResolveAsync(userId, name.Host, null, ct).ConfigureAwait(false) is not LoginTarget.None
            || await authorizer.ReachesAsync(userId, name.Host, ct).ConfigureAwait(false);

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
            _ => Refusal.Failed(
                $"{Text.Quote(name.Host)} can mean several accounts here; name one of them as the host: "
                + string.Join(", ", References(ofHost).Concat(References(alone)).Distinct().Select(JumpName.Format))),
        };
    }

    private static IEnumerable<AccountRef> References(LoginTarget target) => target switch
    {
        LoginTarget.Found found => [found.Grant.What.Reference],
        LoginTarget.Ambiguous several => several.Candidates,
        _ => [],
    };
}
