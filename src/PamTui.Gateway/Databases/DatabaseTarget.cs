using System.Net;
using System.Security.Cryptography.X509Certificates;
using PamTui.Core.Model;
using PamTui.Core.Sessions;

namespace PamTui.Gateway.Databases;

/// <summary>The target's leg of a database session, and the credential until the server has let it in. Disposing it closes both.</summary>
internal sealed class DatabaseTarget(DatabaseLeg leg, TargetCredential credential) : IAsyncDisposable
{
    public DatabaseLeg Leg => leg;

    public Resource Resource => leg.Resource;

    public string Username => credential.Username;

    /// <summary>Not after <see cref="ForgetCredential"/>.</summary>
    public Secret Password => credential.Main;

    /// <inheritdoc cref="DatabaseLeg.EndPoint"/>
    public IPEndPoint EndPoint => leg.EndPoint;

    /// <inheritdoc cref="DatabaseLeg.Stream"/>
    public Stream Stream => leg.Stream;

    /// <inheritdoc cref="DatabaseLeg.Certificate"/>
    public X509Certificate2? Certificate => leg.Certificate;

    /// <summary>TLS with a server that was verified: only to such a one may a password go in clear (D5).</summary>
    public bool IsVerified => Certificate is not null && Resource.TlsMode == TlsMode.Verify;

    /// <inheritdoc cref="DatabaseLeg.SecureAsync"/>
    public Task<string?> SecureAsync(CancellationToken ct) => leg.SecureAsync(ct);

    /// <inheritdoc cref="DatabaseLeg.RunInline"/>
    public void RunInline() => leg.RunInline();

    /// <summary>The server has answered: the password is needed no more.</summary>
    public void ForgetCredential() => credential.Dispose();

    public async ValueTask DisposeAsync()
    {
        credential.Dispose();
        await leg.DisposeAsync().ConfigureAwait(false);
    }
}
