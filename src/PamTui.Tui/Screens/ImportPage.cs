using System.Globalization;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui.Screens;

/// <summary>Many resources and accounts from a file: what it would come to, the import as it goes, and what it came to.</summary>
internal sealed class ImportPage : Page
{
    private const int FootRows = 2;
    private const int LeastRowsForFoot = 14;

    private readonly ImportModel _model;
    private readonly ImportSource _source;
    private readonly PaneHeader _header = new() { IsFocused = true };
    private readonly TextPane _choices = new();
    private readonly Rule _footRule = new(vertical: false);
    private readonly TextPane _foot = new();
    private readonly RowGrid _grid = new() { ColumnsShown = ImportRowView.Columns };

    public ImportPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _model = new ImportModel(work);
        _source = new ImportSource(work);
        _grid.RowAt = index => index < _model.Rows.Count ? _model.Rows[index].Cells : null;
        _grid.SelectionMoved += _ => ShowFoot();
        _grid.Chosen += Explain;
        Add(_header, _choices, _grid, _footRule, _foot);
        _model.Changed += Refresh;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Screen, .. _model.Name.Length > 0 ? (string[])[Core.Model.Text.Escape(_model.Name)] : []];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        new("o", _source.Words, OpenFile) { Short = "open", WhyNot = () => _model.Stage == ImportStage.Running ? _model.WhyNot : null },
        new("i", "import what is shown", Import) { Short = "import", WhyNot = () => _model.WhyNot },
        new("t", "try once more what failed", () => _model.Start(failedOnly: true)) { Short = _model is { Stage: ImportStage.Done, Failed: > 0 } ? "try again" : "", WhyNot = WhyNoRetry },
        new("w", "what is there and differs: stays, becomes what the file says, or stops it all", _model.TurnClash) { Short = "clashes", WhyNot = WhyNoChoice },
        new("u", "sign in with each account before it is saved, or save them unchecked", _model.TurnChecks) { Short = "checks", WhyNot = WhyNoChoice },
        new("Enter", "read the row whole", null),
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
    ];

    public override void Open()
    {
        _grid.SetFocus();
        Refresh();
    }

    public override void Reload() => Refresh();

    protected override void Arrange(int columns, int rows)
    {
        _header.Place(0, 0, columns, 1);
        _choices.Place(0, 1, columns, 1);
        int foot = rows >= LeastRowsForFoot && _model.Rows.Count > 0 ? FootRows + 1 : 0;
        _grid.Place(1, 2, columns - 1, rows - 2 - foot);
        _footRule.Visible = _foot.Visible = foot > 0;
        _footRule.Place(0, rows - foot, columns, 1);
        _foot.Place(0, rows - foot + 1, columns, FootRows);
        ShowFoot();
    }

    protected override void Dispose(bool disposing)
    {
        _model.Changed -= Refresh;
        _model.Dispose();
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _header.Caption = "IMPORT";
        _header.Count = _model.Summary;
        _header.Changed();
        _choices.Lines =
        [
            new StyledLine(
                new Span("what differs ", Tone.Dim),
                new Span(_model.OnClash switch { OnClash.Skip => "stays", OnClash.Update => "is changed", _ => "stops it all" }, Tone.Strong),
                new Span("  accounts ", Tone.Dim),
                new Span(_model.Checks ? "sign in first" : "are saved unchecked", _model.Checks ? Tone.Strong : Tone.Warn)),
        ];
        _choices.Changed();
        _grid.Count = _model.Rows.Count;
        _grid.EmptyText = _model.Stage == ImportStage.Running ? [] : [.. WhyEmpty.SelectMany(line => TextCut.Wrap([line], Math.Max(20, _grid.Viewport.Width - 2)))];
        _grid.Changed();
        ArrangeAgain();
        ShowFoot();
        RaiseRefreshed();
    }

    // Why the selected row is what it is, for which its column has little room.
    private void ShowFoot()
    {
        string why = _model.Stage != ImportStage.Running && _grid.Selected < _model.Rows.Count ? _model.Rows[_grid.Selected].Why : "";
        _foot.Lines = why.Length == 0 ? [] : TextCut.Wrap([StyledLine.Of(Core.Model.Text.Escape(why, 1024))], Math.Max(20, Viewport.Width - 2));
        _foot.Changed();
    }

    private IReadOnlyList<StyledLine> WhyEmpty => _model.Stage == ImportStage.Choosing
        ? [StyledLine.Of($"No file yet: press o, {_source.Words}."), StyledLine.Of("CSV with the columns resource, host, account, username, password, meta.KEY, …, the Host lines of an ssh_config, or the keys of a known_hosts. Nothing is changed before you press i.", Tone.Dim)]
        : [StyledLine.Of("The file has no line to import."), StyledLine.Of("o opens another.", Tone.Dim)];

    private void OpenFile()
    {
        using FormModel form = _source.NewForm();
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                string name = _source.NameOf(form);
                Result<ImportFile> file = await _source.ReadAsync(form, ct);
                if (file.Refusal is { } unreadable)
                {
                    return new SaveAnswer.Refused(unreadable);
                }

                Result<IReadOnlyList<ImportItem>> items = await Work.Jobs.CallAsync(c => Work.Product.Imports.PreviewAsync(Work.Actor, file.Value, c), ct);
                if (items.Refusal is { } no)
                {
                    file.Value.Dispose();
                    return new SaveAnswer.Refused(no);
                }

                _model.Take(name, file.Value, items.Value);
                return new SaveAnswer.Saved(_model.Summary);
            },
            null,
            SignsIn: false);
        using SaveDialog dialog = new(form, actions, Session.Jobs);
        using FormSheet sheet = new(Session, "Import", dialog, null, intro: "The file is looked over first; nothing is changed yet.", save: "Look it over");
        Session.App.Run(sheet);
        _grid.Selected = 0;
        Refresh();
    }

    private void Import() => Guard.BeforeImport(Session, _model, () => _model.Start(failedOnly: false));

    private void Explain()
    {
        if (_grid.Selected < _model.Rows.Count && _model.Rows[_grid.Selected] is { } row)
        {
            ReadSheet.Run(
                Session,
                string.Create(CultureInfo.InvariantCulture, $"Line {row.Line}"),
                [new StyledLine([new Span(Core.Model.Text.Escape(row.Subject) + "  "), row.State]), .. row.Why.Length == 0 ? (StyledLine[])[] : [StyledLine.Of(Core.Model.Text.Escape(row.Why, 1024))]]);
        }
    }

    private string? WhyNoChoice() => _model.Stage == ImportStage.Running ? _model.WhyNot : null;

    private string? WhyNoRetry() => _model is { Stage: ImportStage.Done, Failed: > 0 } ? null : "Nothing has failed that could be tried again.";
}
