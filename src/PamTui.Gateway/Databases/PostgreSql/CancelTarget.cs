using System.Net;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>A session upstream, as a CancelRequest reaches it.</summary>
/// <param name="EndPoint">The very server that runs it, of several behind the host's name.</param>
/// <param name="Tls">The session has TLS, so its key goes by TLS too.</param>
/// <param name="Key">The server's own.</param>
internal sealed record CancelTarget(Resource Resource, IPEndPoint EndPoint, bool Tls, CancelKey Key)
{
    /// <summary>Returns when the server has heard it; it never says what came of it.</summary>
    public async Task SendAsync(CancellationToken ct)
    {
        DatabaseLeg leg = await DatabaseLeg.DialAsync(Resource, EndPoint, ct).ConfigureAwait(false);
        await using (leg.ConfigureAwait(false))
        {
            if (Tls && await TargetSignIn.SecureAsync(leg, ct).ConfigureAwait(false) is { } why)
            {
                throw new BrokenProtocolException(why);
            }

            await leg.Stream.WriteAsync(Key.WriteRequest(), ct).ConfigureAwait(false);
            await leg.Stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        }
    }
}
