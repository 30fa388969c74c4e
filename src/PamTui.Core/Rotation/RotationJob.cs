using PamTui.Core.Connectors;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>A rotation under way in this process: what the ledger said when it was taken up, and the secrets it needs.</summary>
internal sealed class RotationJob(Actor actor, Resource resource, Account account, RotationRecord row, string lease, Account? by, Secret current, Secret? currentPassphrase, Secret? byMain, Secret? byPassphrase) : IDisposable
{
    public Actor Actor => actor;

    public Resource Resource => resource;

    public Account Account => account;

    /// <summary>As the ledger has it now.</summary>
    public RotationRecord Row { get; set; } = row;

    /// <summary>The token of this job's holding of the account.</summary>
    public string Lease => lease;

    public Secret Current => current;

    public Secret? CurrentPassphrase => currentPassphrase;

    /// <summary>Null before it is staged.</summary>
    public Secret? Staged { get; set; }

    /// <summary>Who signs in to change it.</summary>
    public Login By => by is null
        ? new Login(account.Username, account.Credential, current, currentPassphrase)
        : new Login(by.Username, by.Credential, byMain!, byPassphrase);

    public CredentialChange Change => new(account.Username, by is null, account.Credential, current, currentPassphrase);

    public void Dispose()
    {
        current.Dispose();
        currentPassphrase?.Dispose();
        byMain?.Dispose();
        byPassphrase?.Dispose();
        Staged?.Dispose();
    }
}
