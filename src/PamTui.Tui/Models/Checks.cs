using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>Sign-ins that a person asks for, off the screen's way; a sentence tells how each went.</summary>
internal sealed class Checks(Product product, Actor actor, Jobs jobs, Errand errand, Action<string, Tone> tell)
{
    /// <summary>A check has changed what is stored.</summary>
    public event Action? Done;

    /// <summary>A host showed a key that nobody has accepted yet.</summary>
    public event Action<Resource, SeenHostKey>? HostKeyShown;

    /// <summary>Signs in with the stored credential.</summary>
    public void Start(Account account) => Start($"Checking {account.Reference}… Esc stops it.", async ct =>
    {
        Result<CheckReport> report = await jobs.CallAsync(c => product.Accounts.CheckAsync(actor, account.Reference, null, c), ct);
        if (report.Refusal is { } no)
        {
            tell(no.Message, Tone.Bad);
            return;
        }

        tell(
            report.Value.Failure is { } failure ? $"{account.Reference}: {failure.Message}" : $"{account.Reference} signs in ({report.Value.Elapsed.TotalMilliseconds:0} ms).",
            report.Value.Passed ? Tone.Good : Tone.Bad);
        Done?.Invoke();
    });

    /// <summary>Sees who answers at the resource's address; no credential is sent.</summary>
    public void Start(Resource resource) => Start($"Looking who answers at {DetailsText.Address(resource)}… Esc stops it.", async ct =>
    {
        Result<CheckReport> report = await jobs.CallAsync(c => product.Resources.CheckAsync(actor, resource.Name, null, c), ct);
        if (report.Refusal is { } no)
        {
            tell(no.Message, Tone.Bad);
        }
        else if (report.Value is { Failure.Cause: CheckCause.HostKeyUnknown, HostKey: { } key })
        {
            HostKeyShown?.Invoke(resource, key);
        }
        else if (report.Value is { IsUnpinned: true, HostKey: { } first })
        {
            tell($"{resource.Name} answers; its key {first.KeyType} {first.Fingerprint} is not pinned yet: the first account that signs in pins what it sees.", Tone.Warn);
        }
        else
        {
            tell(
                report.Value.Failure is { } failure ? $"{resource.Name}: {failure.Message}" : $"{resource.Name} answers and is who it should be ({report.Value.Elapsed.TotalMilliseconds:0} ms).",
                report.Value.Passed ? Tone.Good : Tone.Bad);
        }
    });

    private void Start(string sentence, Func<CancellationToken, Task> work) => errand.Start(sentence, "The check was stopped.", work);
}
