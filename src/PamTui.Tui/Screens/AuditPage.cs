using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What was done, by whom, from where: the newest first, as it comes.</summary>
internal sealed class AuditPage(TuiSession session, Workplace work, Place place) : ListPage<AuditRow>(session, work, place, static row => row.Sequence)
{
    private readonly CancellationTokenSource _left = new();

    protected override string Heading => "AUDIT";

    protected override IReadOnlyList<ListColumn<AuditRow>> Columns => AuditColumns.All;

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "the row in full", null) { Short = Pointed is null ? "" : "show" },
        new("d", "details of the account or the resource that the row is about", GoToTarget) { Short = Pointed is null ? "" : "details", WhyNot = () => Pointed is null ? "There is no row." : null },
        new("w", "verify: follow the hash chain from the first row to the last", Verify) { Short = "verify", WhyNot = () => Work.AdminOnly },
    ];

    protected override string FilterWords => "filter: words, actor=alice, action~reveal, target=web-1/deploy, -word, a OR b";

    protected override bool HasMarks => false;

    protected override IReadOnlyList<ScreenAction> MarkedActions => [];

    protected override IReadOnlyList<StyledLine> WhyEmpty => [StyledLine.Of("The audit has no row.", Tone.Dim)];

    public override void Open()
    {
        base.Open();
        Work.Jobs.Follow(FollowAsync, _left.Token);
    }

    protected override string NameOf(AuditRow row) => row.Sequence.ToString(CultureInfo.InvariantCulture);

    protected override Task<Result<Page<AuditRow>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct) =>
        Work.Product.Audit.ListAsync(Work.Actor, filter, page, ct);

    protected override void OnChosen()
    {
        if (Pointed is { } row)
        {
            ReadSheet.Run(Session, $"Audit row {NameOf(row)}", [StyledLine.Of($"About {Core.Model.Text.Escape(row.Target)}"), .. DetailsText.Audit(row)]);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _left.Cancel();
        _left.Dispose();
        base.Dispose(disposing);
    }

    private void GoToTarget()
    {
        if (Pointed is not { } row)
        {
            return;
        }

        if (AccountRef.Parse(row.Target).IsOk)
        {
            Work.Places.Go(new Place(PageTable.Account, row.Target));
        }
        else if (row.Action.StartsWith("resource.", StringComparison.Ordinal) && Names.IsValid(row.Target))
        {
            Work.Places.Go(new Place(PageTable.Resource, row.Target));
        }
        else
        {
            Work.Tell($"{Core.Model.Text.Quote(row.Target)} is neither an account nor a resource.", Tone.Normal);
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        // From the end of what the first page holds: the rows before it are there already.
        Result<Page<AuditRow>> newest = await Work.Jobs.CallAsync(c => Work.Product.Audit.ListAsync(Work.Actor, "", new PageRequest(0, 1), c), ct);
        if (newest.Refusal is not null)
        {
            return;
        }

        long seen = newest.Value.Items is [var last] ? last.Sequence : 0;
        await foreach (Result<IReadOnlyList<AuditRow>> rows in Work.Product.Audit.FollowAsync(Work.Actor, new AuditQuery(), seen, ct))
        {
            if (rows.Refusal is not null)
            {
                return;
            }

            Rows.Reload();
        }
    }

    private void Verify() => Work.Errand.Start("Verifying the audit… Esc stops it.", "The verification was stopped.", async ct =>
    {
        Progress<AuditProgress> progress = new(at => Work.Tell($"Verifying the audit: {at.Rows} of {at.Total} rows… Esc stops it.", Tone.Normal));
        Result<AuditVerdict> verdict = await Work.Jobs.CallAsync(c => Work.Product.Audit.VerifyAsync(Work.Actor, progress, c), ct);
        Work.Tell(verdict.Refusal?.Message ?? verdict.Value.Message, verdict is { IsOk: true, Value.IsWhole: true } ? Tone.Good : Tone.Bad);
    });
}
