using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What can be done with all marked accounts at once.</summary>
/// <param name="refresh">The marks have changed.</param>
internal sealed class MarkedAccounts(TuiSession session, Workplace work, Marks<Account> marks, Action refresh)
{
    public IReadOnlyList<ScreenAction> All =>
    [
        new("c", "check all marked: sign in with each", Check) { Short = "check marked" },
        new("t", "rotate the credentials of all marked", Rotate) { Short = "rotate marked" },
        new("m", "metadata of all marked: add a pair, or remove a key", EditPairs) { Short = "metadata" },
        new("Del x", "remove all marked", Remove) { Short = "remove" },
    ];

    private string Count => string.Create(CultureInfo.InvariantCulture, $"{marks.Count} accounts");

    private void Check() => Guarded(Act.Check, rows => Start(rows, "Checking", "sign in", async (account, ct) =>
    {
        Result<CheckReport> report = await work.Jobs.CallAsync(c => work.Product.Accounts.CheckAsync(work.Actor, account.Reference, null, c), ct);
        return report.Refusal ?? (report.Value.Failure is { } failure ? Refusal.Failed(failure.Message) : null);
    }));

    private void Rotate() => Guarded(Act.Rotate, rows => Start(rows, "Rotating", "are rotated", async (account, ct) =>
    {
        Result<RotationRecord> done = await work.Jobs.CallAsync(c => work.Product.Rotations.RotateAsync(work.Actor, account.Reference, false, null, c), ct);
        return done.Refusal ?? (done.Value.Error is { } error ? Refusal.Failed(error) : null);
    }));

    private void EditPairs() => Guarded(Act.EditMetadata, rows =>
    {
        if (PairSheet.Ask(session, Count) is { } change)
        {
            Start(rows, "Saving metadata", "are saved", async (account, ct) =>
            {
                Result<Metadata> pairs = change.On(account.Metadata);
                return pairs.Refusal ?? (await work.Jobs.CallAsync(c => work.Product.Accounts.SetMetadataAsync(work.Actor, account.Reference, pairs.Value, c), ct)).Refusal;
            });
        }
    });

    private void Remove() => Guarded(Act.Remove, rows => Start(rows, "Removing", "are removed", async (account, ct) =>
        (await work.Jobs.CallAsync(c => work.Product.Accounts.RemoveAsync(work.Actor, account.Reference, c), ct)).Refusal));

    // Those that were marked when it was asked for: marks that come while the question is on its way are not in its number.
    private void Guarded(Act act, Action<IReadOnlyList<Account>> go)
    {
        IReadOnlyList<Account> rows = marks.Rows;
        Guard.BeforeMany(session, work, act, rows, () => go(rows));
    }

    private void Start(IReadOnlyList<Account> rows, string doing, string done, Func<Account, CancellationToken, Task<Refusal?>> act) =>
        new Batch<Account>(doing, done, static account => account.Reference.ToString(), act).Start(work, rows, left =>
        {
            marks.Keep(left);
            refresh();
        });
}
