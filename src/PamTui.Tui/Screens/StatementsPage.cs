using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>What a session asked of its database, in the order it ran; of a live session as it comes. Who looks is written to the audit.</summary>
internal sealed class StatementsPage(TuiSession session, Workplace work, Place place) : ListPage<LoggedStatement>(session, work, place, static row => row.Number)
{
    private const string Errors = "errors";

    private readonly CancellationTokenSource _left = new();
    private string? _note;

    public override IReadOnlyList<string> Crumbs => ["session " + Place.Subject, .. Pointed is { } row ? (string[])[NameOf(row)] : []];

    protected override string Heading => (OnlyErrors ? "STATEMENTS THAT FAILED" : "STATEMENTS") + " of session " + Place.Subject;

    protected override IReadOnlyList<ListColumn<LoggedStatement>> Columns => StatementColumns.All;

    protected override string FilterWords => "filter: a text in the statement, in a value, or an error code";

    protected override IReadOnlyList<ScreenAction> RowActions =>
    [
        new("Enter", "the whole statement with its values", null) { Short = "read" },
        new("o", OnlyErrors ? "those that went well too" : "only those that the database refused", ToggleErrors) { Short = OnlyErrors ? "all" : "only errors" },
    ];

    protected override bool HasMarks => false;

    protected override IReadOnlyList<ScreenAction> MarkedActions => [];

    protected override IReadOnlyList<StyledLine> WhyEmpty => OnlyErrors
        ? [StyledLine.Of("No statement failed."), StyledLine.Of("o shows those that went well.", Tone.Dim)]
        : [StyledLine.Of(_note ?? "The session asked no database anything.", Tone.Dim)];

    private long Number => long.Parse(Place.Subject, CultureInfo.InvariantCulture);

    private bool OnlyErrors => Place.Part == Errors;

    public override void Open()
    {
        base.Open();
        Work.Jobs.Follow(FollowAsync, _left.Token);
    }

    protected override string NameOf(LoggedStatement row) => row.Number.ToString(CultureInfo.InvariantCulture);

    protected override async Task<Result<Page<LoggedStatement>>> LoadAsync(string filter, ListLook look, PageRequest page, CancellationToken ct)
    {
        Result<StatementPage> read = await Work.Product.Statements.ReadAsync(Work.Actor, Number, new StatementQuery(filter, OnlyErrors), page, ct);
        if (read.Refusal is { } no)
        {
            return no;
        }

        _note = StatementText.Note(read.Value.Session, read.Value.Summary);
        return read.Value.Page;
    }

    protected override void OnChosen()
    {
        if (Pointed is { } row)
        {
            ReadSheet.Run(Session, $"Statement {NameOf(row)} of session {Place.Subject}", StatementColumns.Whole(row));
        }
    }

    protected override void Dispose(bool disposing)
    {
        _left.Cancel();
        _left.Dispose();
        base.Dispose(disposing);
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        Result<StatementSummary> now = await Work.Jobs.CallAsync(c => Work.Product.Statements.SummaryAsync(Work.Actor, Number, c), ct);
        if (now.Refusal is not null)
        {
            return;
        }

        await foreach (Result<IReadOnlyList<LoggedStatement>> some in Work.Product.Statements.FollowAsync(Work.Actor, Number, new StatementQuery(), now.Value.Statements, ct))
        {
            if (some.Refusal is not null)
            {
                return;
            }

            Rows.Reload();
        }

        if (_note is { } note)
        {
            Work.Tell(note, Tone.Warn);
        }
    }

    private void ToggleErrors()
    {
        Place.Part = OnlyErrors ? "" : Errors;
        Marks.Clear();
        Rows.Restart();
        Refresh();
    }
}
