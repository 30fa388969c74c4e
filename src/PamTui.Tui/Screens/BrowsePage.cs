using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui.Screens;

/// <summary>Resources at the left, their accounts at the right, what is selected below.</summary>
internal sealed class BrowsePage : Page
{
    /// <summary>Below this width only the pane in use is shown.</summary>
    private const int ThreePaneColumns = 76;

    private readonly BrowseModel _model;
    private readonly BrowseText _text;
    private readonly AccountActions _accountActions;
    private readonly ResourceActions _resourceActions;
    private readonly PaneHeader _resourceHeader = new();
    private readonly PaneHeader _accountHeader = new();
    private readonly RowGrid _resources = new();
    private readonly RowGrid _accounts = new();
    private readonly Rule _divider = new(vertical: true);
    private readonly Rule _detailsRule = new(vertical: false);
    private readonly TextPane _details = new();
    private readonly FilterField _filter = new();
    private BrowsePane? _filtering;
    private bool _live;

    public BrowsePage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _model = new BrowseModel(work, place);
        _text = new BrowseText(work, _model);
        _accountActions = new AccountActions(session, work, () => _model.PointedAccount);
        _resourceActions = new ResourceActions(session, work, () => _model.PointedResource);
        _resources.RowAt = _text.ResourceRow;
        _accounts.RowAt = _text.AccountRow;
        _resources.SelectionMoved += _model.SelectResource;
        _accounts.SelectionMoved += _model.SelectAccount;
        _resources.Chosen += () => FocusPane(BrowsePane.Accounts);
        _accounts.Chosen += () => _accountActions.Connect.Run!();
        _resources.HasFocusChanged += (_, e) => PaneFocused(e.NewValue, BrowsePane.Resources);
        _accounts.HasFocusChanged += (_, e) => PaneFocused(e.NewValue, BrowsePane.Accounts);
        _filter.Edited += text => _model.SetFilter(_filtering ?? _model.Pane, text);
        _filter.Ended += EndFilter;
        Add(_resourceHeader, _resources, _divider, _accountHeader, _accounts, _detailsRule, _details, _filter);
        _model.Changed += Refresh;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => _text.Crumbs;

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        .. _model.Pane == BrowsePane.Accounts
            ? (ScreenAction[])[_accountActions.Connect with { Run = null }]
            : [new("Enter", "go to its accounts", null) { Short = "accounts" }],
        new("/", "filter: words, env=prod, kind=linux, -word, a OR b", BeginFilter) { Short = "filter" },
        _model.Pane == BrowsePane.Accounts ? _accountActions.Details : _resourceActions.Details,
        new("a", "add: a resource or an account, as the pane is", OpenAdd) { Short = "add", WhyNot = () => Work.AdminOnly },
        .. _model.Pane == BrowsePane.Accounts ? _accountActions.Changes : _resourceActions.Changes,
        new("Tab Shift+Tab", "the other pane", () => FocusPane(_model.Pane == BrowsePane.Resources ? BrowsePane.Accounts : BrowsePane.Resources)),
        new("h Left", "the resources", () => FocusPane(BrowsePane.Resources)),
        new("l Right", "the accounts", () => FocusPane(BrowsePane.Accounts)),
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
    ];

    // The resource that will be selected says which accounts those are.
    public override bool IsAwaiting => _filtering is null && (_model.Resources.IsAwaited || (_model.Pane == BrowsePane.Accounts && _model.Accounts.IsAwaited));

    public override void Open()
    {
        _live = true;
        _model.Load();
        FocusPane(_model.Pane);
    }

    public override void Reload() => _model.Refresh();

    public override bool StepBack()
    {
        if (_model.Pane == BrowsePane.Accounts && _model.Accounts.Filter.Length > 0)
        {
            _model.SetFilter(BrowsePane.Accounts, "");
        }
        else if (_model.Pane == BrowsePane.Accounts)
        {
            FocusPane(BrowsePane.Resources);
        }
        else if (_model.Resources.Filter.Length > 0)
        {
            _model.SetFilter(BrowsePane.Resources, "");
        }
        else
        {
            return false;
        }

        return true;
    }

    protected override void Arrange(int columns, int rows)
    {
        bool wide = columns >= ThreePaneColumns;
        bool left = wide || _model.Pane == BrowsePane.Resources;
        bool right = wide || !left;
        int leftWidth = wide ? Math.Clamp(columns * 3 / 10, 22, 44) : columns;
        int x = wide ? leftWidth + 1 : 0;
        int rightWidth = columns - x;
        int details = Math.Clamp(rows * 2 / 5, 6, 12);
        _resourceHeader.Visible = _resources.Visible = left;
        _divider.Visible = wide;
        _accountHeader.Visible = _accounts.Visible = right;
        _resourceHeader.Place(0, 0, leftWidth, 1);
        _resources.Place(1, 1, leftWidth - 1, wide ? rows - 1 : rows - 2 - details);
        _divider.Place(leftWidth, 0, 1, rows);
        _divider.Tee = rows - details - 1;
        _accountHeader.Place(x, 0, rightWidth, 1);
        _accounts.Place(x + 1, 1, rightWidth - 1, rows - details - 2);
        _detailsRule.Place(x, rows - 1 - details, rightWidth, 1);
        _details.Place(x, rows - details, rightWidth, details);
        _text.ShowKinds = leftWidth >= 34;
        _resources.ColumnsShown = BrowseText.ResourceColumns(_text.ShowKinds);
        _accounts.ColumnsShown = BrowseText.AccountColumns(rightWidth);
        PlaceFilter();
    }

    protected override void Dispose(bool disposing)
    {
        _live = false;
        _model.Changed -= Refresh;
        _model.Leave();
        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _resources.Count = _model.Resources.Total + 1;
        _resources.Selected = _model.IsAll ? 0 : _model.Resources.Selected + 1;
        _accounts.Count = _model.Accounts.Total;
        _accounts.Selected = _model.Accounts.Selected;
        _accounts.EmptyText = _text.Empty;
        _resourceHeader.Show("RESOURCES", _model.Resources);
        _accountHeader.Show(_model.SelectedResource is { } resource ? "ACCOUNTS of " + TextCut.Cut(resource.Name, 24) : "ACCOUNTS", _model.Accounts);
        PlaceFilter();
        (_detailsRule.Caption, IReadOnlyList<StyledLine> lines) = _text.Details;
        _details.Lines = TextCut.Wrap(lines, Math.Max(20, _details.Viewport.Width - 2));
        _details.ToTop();
        SetNeedsDraw();
        RaiseRefreshed();
    }

    private void FocusPane(BrowsePane pane)
    {
        _model.Focus(pane);
        if (Viewport.Width is > 0 and < ThreePaneColumns)
        {
            ArrangeAgain();
            (pane == BrowsePane.Resources ? _resources : _accounts).Visible = true;
        }

        (pane == BrowsePane.Resources ? _resources : _accounts).SetFocus();
        Refresh();
    }

    private void PaneFocused(bool has, BrowsePane pane)
    {
        if (has && _live && CanFocus && _model.Pane != pane)
        {
            _model.Focus(pane);
        }

        _resourceHeader.IsFocused = _resources.HasFocus;
        _accountHeader.IsFocused = _accounts.HasFocus;
        SetNeedsDraw();
    }

    private void BeginFilter()
    {
        _filtering = _model.Pane;
        _filter.Open(_model.Pane == BrowsePane.Resources ? _model.Resources.Filter : _model.Accounts.Filter);
        PlaceFilter();
        Refresh();
    }

    private void EndFilter()
    {
        BrowsePane pane = _filtering ?? _model.Pane;
        _filtering = null;
        _filter.Close();
        FocusPane(pane);
    }

    private void PlaceFilter()
    {
        if (_filtering is { } pane)
        {
            PaneHeader header = pane == BrowsePane.Resources ? _resourceHeader : _accountHeader;
            header.Filter = "";
            _filter.Place(header.Frame.X + header.TitleColumns + 1, 0, Math.Max(8, header.Frame.Width - header.TitleColumns - header.CountColumns - 2), 1);
        }
    }

    private void OpenAdd()
    {
        if (_model.Pane == BrowsePane.Resources || _model.IsEmpty)
        {
            if (Dialogs.AddResource(Session, Work) is { } name)
            {
                _model.ShowResource(name);
            }
        }
        else if (_model.SelectedResource is { } resource)
        {
            if (Dialogs.AddAccount(Session, Work, resource) is { } added)
            {
                _model.ShowAccount(added);
            }
        }
        else
        {
            Work.Tell("Choose the resource at the left first: an account belongs to one.", Tone.Normal);
        }
    }
}
