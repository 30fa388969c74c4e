using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>What a sign-in needs besides the resource. The secrets stay the caller's.</summary>
internal sealed record Login(string Username, CredentialType Type, Secret Main, Secret? Passphrase);

/// <summary>One kind of target.</summary>
internal interface IConnector
{
    /// <summary>Goes through the stages; null: all passed. Without a login it stops after the identity, and sends no credential.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing else is thrown for a target's fault.</exception>
    Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct);
}
