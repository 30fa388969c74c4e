using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with one resource, wherever it is shown.</summary>
/// <param name="pointed">The resource that the person is at; null: none.</param>
internal sealed class ResourceActions(TuiSession session, Workplace work, Func<Resource?> pointed)
{
    public ScreenAction Details => new("d", "details: address, host keys, metadata", With(resource => work.Places.Go(new Place(PageTable.Resource, resource.Name)))) { Short = "details", WhyNot = NeedsOne };

    public IReadOnlyList<ScreenAction> Changes =>
    [
        new("e", "edit the resource", Guarded(Act.Edit, resource => Dialogs.Edit(session, work, resource))) { Short = "edit", WhyNot = NeedsAdmin },
        new("m", "metadata: add, change, delete, paste lines of key=value", Guarded(Act.EditMetadata, resource => Dialogs.EditMetadata(session, work, resource))) { Short = "metadata", WhyNot = NeedsAdmin },
        new("c", "check: see who answers at its address; no credential is sent", With(work.Checks.Start)) { Short = "check", WhyNot = NeedsOne },
        new("y", "copy: address, name, fingerprints of its host keys", With(resource => CopyMenu.Run(session, work, resource))) { WhyNot = NeedsOne },
        new("Del x", "remove the resource with its accounts, after typing its name", Guarded(Act.Remove, resource => Dialogs.Remove(work, resource))) { WhyNot = NeedsAdmin },
    ];

    private Action Guarded(Act act, Action<Resource> go) => With(resource => Guard.Before(session, act, resource, () => go(resource)));

    private Action With(Action<Resource> act) => () =>
    {
        if (pointed() is { } resource)
        {
            act(resource);
        }
    };

    private string? NeedsOne() => pointed() is null ? "Choose a resource first." : null;

    private string? NeedsAdmin() => work.AdminOnly ?? NeedsOne();
}
