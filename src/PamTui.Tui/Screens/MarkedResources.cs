using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with all marked resources at once.</summary>
/// <param name="refresh">The marks have changed.</param>
internal sealed class MarkedResources(TuiSession session, Workplace work, Marks<Resource> marks, Action refresh)
{
    public IReadOnlyList<ScreenAction> All =>
    [
        new("c", "check all marked: see who answers at each address", Check) { Short = "check marked" },
        new("m", "metadata of all marked: add a pair, or remove a key", EditPairs) { Short = "metadata", WhyNot = () => work.AdminOnly },
        new("Del x", "remove all marked with their accounts", Remove) { Short = "remove", WhyNot = () => work.AdminOnly },
    ];

    private string Count => string.Create(CultureInfo.InvariantCulture, $"{marks.Count} resources");

    // Asked of nobody: no credential is sent.
    private void Check() => Start(marks.Rows, "Checking", "answer", async (resource, ct) =>
    {
        Result<CheckReport> report = await work.Jobs.CallAsync(c => work.Product.Resources.CheckAsync(work.Actor, resource.Name, null, c), ct);
        return report.Refusal ?? (report.Value.Failure is { } failure ? Refusal.Failed(failure.Message) : null);
    });

    private void EditPairs() => Guarded(Act.EditMetadata, rows =>
    {
        if (PairSheet.Ask(session, Count) is { } change)
        {
            Start(rows, "Saving metadata", "are saved", async (resource, ct) =>
            {
                Result<Metadata> pairs = change.On(resource.Metadata);
                return pairs.Refusal
                    ?? (await work.Jobs.CallAsync(c => work.Product.Resources.EditAsync(work.Actor, resource.Name, new ResourceChange { Metadata = pairs.Value }, c), ct)).Refusal;
            });
        }
    });

    private void Remove() => Guarded(Act.Remove, rows => Start(rows, "Removing", "are removed", async (resource, ct) =>
        (await work.Jobs.CallAsync(c => work.Product.Resources.RemoveAsync(work.Actor, resource.Name, c), ct)).Refusal));

    // Those that were marked when it was asked for: marks that come while the question is on its way are not in its number.
    private void Guarded(Act act, Action<IReadOnlyList<Resource>> go)
    {
        IReadOnlyList<Resource> rows = marks.Rows;
        Guard.BeforeMany(session, act, rows, () => go(rows));
    }

    private void Start(IReadOnlyList<Resource> rows, string doing, string done, Func<Resource, CancellationToken, Task<Refusal?>> act) =>
        new Batch<Resource>(doing, done, static resource => resource.Name, act).Start(work, rows, left =>
        {
            marks.Keep(left);
            refresh();
        });
}
