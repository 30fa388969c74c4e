using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>A real sign-in with a credential: what the connectors do.</summary>
internal delegate Task<CheckReport> SignInCheck(
    Resource resource,
    string username,
    CredentialType type,
    Secret main,
    Secret? passphrase,
    IProgress<CheckProgress>? progress,
    CancellationToken ct);
