using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>All that is known about one account or one resource, in parts: one at a time, with room enough the fields beside it.</summary>
internal sealed class DetailsPage : Page
{
    /// <summary>From this width the fields have a place of their own.</summary>
    private const int BesideColumns = 110;

    private const string FieldsName = "Fields";
    private const int FootRows = 5;

    private readonly DetailsModel _details;
    private readonly AccountActions _accountActions;
    private readonly ResourceActions _resourceActions;
    private readonly IReadOnlyList<DetailsPart> _parts;
    private readonly MetadataPart _metadata;
    private readonly TabBar _tabs = new();
    private readonly Rule _rule = new(vertical: false);
    private readonly Rule _divider = new(vertical: true);
    private readonly Rule _footRule = new(vertical: false);
    private readonly TextPane _fields = new() { CanFocus = true };
    private readonly TextPane _intro = new();
    private readonly TextPane _foot = new();
    private readonly RowGrid _grid = new();

    public DetailsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _details = new DetailsModel(work, place);
        _accountActions = new AccountActions(session, work, () => _details.Account);
        _resourceActions = new ResourceActions(session, work, () => _details.Resource);
        _parts = _details.Reference is { } account
            ? new AccountParts(session, work, _details, account).All
            : new ResourceParts(session, work, _details, place.Subject).All;
        _metadata = _parts.OfType<MetadataPart>().Single();
        _grid.RowAt = index => (Shown as RowsPart)?.Row(index);
        _grid.SelectionMoved += index => (Shown as RowsPart)?.Select(index);
        _grid.Chosen += () => (Shown as RowsPart)?.Choose();
        _tabs.Clicked += tab => Show(Tabs[tab].Name);
        Add(_tabs, _rule, _fields, _divider, _intro, _grid, _metadata.Editor, _footRule, _foot);
        _details.Changed += OnDetails;
        foreach (DetailsPart part in _parts)
        {
            part.Changed += Refresh;
        }

        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => _details.Crumbs;

    public override IReadOnlyList<ScreenAction> Actions
    {
        get
        {
            IReadOnlyList<ScreenAction> ofPart = Shown?.Actions ?? (_details.Reference is null ? [] : [_accountActions.Connect]);
            HashSet<string> taken = [.. ofPart.SelectMany(action => action.KeyNames)];
            IReadOnlyList<ScreenAction> changes = _details.Reference is null ? _resourceActions.Changes : _accountActions.Changes;
            return
            [
                .. ofPart,
                new("Tab l Right", "the next part", () => Step(1)) { Short = "next part" },
                new("Shift+Tab h Left", "the part before", () => Step(-1)),
                .. changes.Where(action => !action.KeyNames.Any(taken.Contains)).Select(action => action.Keys == "m" ? action with { Run = () => Show(_metadata.Name), WhyNot = static () => null } : action),
                new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
            ];
        }
    }

    private bool HasFieldsBeside => Viewport.Width >= BesideColumns;

    /// <summary>What can be shown by this person in a window of this width.</summary>
    private IReadOnlyList<(string Name, string Count)> Tabs =>
    [
        .. HasFieldsBeside ? (IEnumerable<(string, string)>)[] : [(FieldsName, "")],
        .. _parts.Where(part => !part.IsHidden).Select(part => (part.Name, part.Count)),
    ];

    /// <summary>The list in use; null: the fields are.</summary>
    private DetailsPart? Shown
    {
        get
        {
            DetailsPart? part = _parts.FirstOrDefault(part => part.Name == Place.Part && !part.IsHidden);
            return part is null && HasFieldsBeside ? _parts[0] : part;
        }
    }

    public override bool IsAwaiting => !_details.IsRead || Shown is RowsPart { IsAwaited: true };

    public override void Open()
    {
        Reload();
        ArrangeAgain();
        Refresh();
    }

    public override void Reload()
    {
        _details.Load();
        foreach (DetailsPart part in _parts)
        {
            part.Load();
        }
    }

    public override bool StepBack() => _metadata.Editor.StepBack() || !MayLeave();

    public override bool MayLeave() => _metadata.MayLeave();

    protected override void Arrange(int columns, int rows)
    {
        int left = HasFieldsBeside ? Math.Clamp(columns * 2 / 5, 44, 60) : 0;
        int x = left == 0 ? 0 : left + 1;
        int width = columns - x;
        int intro = _intro.Lines.Count;
        bool isFields = Shown is null;
        bool hasFoot = Shown is RowsPart && _foot.Lines.Count > 0;
        int foot = hasFoot ? Math.Min(FootRows, rows / 4) : 0;
        int body = rows - 2 - (hasFoot ? foot + 1 : 0);
        _tabs.Place(x, 0, width, 1);
        _rule.Place(x, 1, width, 1);
        _divider.Visible = left > 0;
        _divider.Place(left, 0, 1, rows);
        _fields.Visible = left > 0 || isFields;
        _fields.Place(0, left > 0 ? 0 : 2, left > 0 ? left : columns, left > 0 ? rows : rows - 2);
        _intro.Visible = intro > 0;
        _intro.Place(x, 2, width, intro);
        _grid.Visible = Shown is RowsPart;
        _grid.Place(x + 1, 2 + intro, width - 1, body - intro);
        _metadata.Editor.Visible = Shown is MetadataPart;
        _metadata.Editor.Place(x, 2, width, rows - 2);
        _metadata.Editor.Arrange(width, rows - 2);
        _footRule.Visible = _foot.Visible = hasFoot;
        _footRule.Place(x, rows - foot - 1, width, 1);
        _foot.Place(x, rows - foot, width, foot);
        Focus();
    }

    protected override bool OnKeyDown(Key key) => Shown is null && _fields.Scroll(key);

    protected override void Dispose(bool disposing)
    {
        _details.Changed -= OnDetails;
        foreach (DetailsPart part in _parts)
        {
            part.Changed -= Refresh;
        }

        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    private void OnDetails()
    {
        _metadata.Load();
        Refresh();
    }

    private void Step(int by)
    {
        IReadOnlyList<(string Name, string Count)> tabs = Tabs;
        Show(tabs[(At(tabs) + by + tabs.Count) % tabs.Count].Name);
    }

    private int At(IReadOnlyList<(string Name, string Count)> tabs) => Math.Max(0, tabs.ToList().FindIndex(tab => tab.Name == (Shown?.Name ?? FieldsName)));

    private void Show(string part)
    {
        Place.Part = part;
        _intro.ToTop();
        Refresh();
        _foot.ToTop();
    }

    private void Focus()
    {
        switch (Shown)
        {
            case null:
                _fields.SetFocus();
                break;
            case MetadataPart when !_metadata.Editor.HasFocus:
                _metadata.Editor.SetFocus();
                break;
            case RowsPart:
                _grid.SetFocus();
                break;
        }
    }

    private void Refresh()
    {
        int left = HasFieldsBeside ? _divider.Frame.X : Viewport.Width;
        int right = Viewport.Width - (HasFieldsBeside ? left : 0);
        _fields.Lines = FieldLines.Wrap(_details.Fields, Math.Max(20, left - 2));
        _intro.Lines = TextCut.Wrap(Shown?.Intro ?? [], Math.Max(20, right - 2));
        _foot.Lines = TextCut.Wrap(Shown?.Foot ?? [], Math.Max(20, right - 2));
        if (Shown is RowsPart rows)
        {
            _grid.ColumnsShown = rows.Columns;
            _grid.Count = rows.Rows;
            _grid.Selected = rows.Selected;
            _grid.EmptyText = TextCut.Wrap(rows.Empty, Math.Max(20, right - 4));
        }

        IReadOnlyList<(string Name, string Count)> tabs = Tabs;
        _tabs.Show(tabs, At(tabs));
        if (Viewport is { Width: > 0, Height: > 0 })
        {
            Arrange(Viewport.Width, Viewport.Height);
        }

        _grid.Changed();
        SetNeedsLayout();
        SetNeedsDraw();
        RaiseRefreshed();
    }
}
