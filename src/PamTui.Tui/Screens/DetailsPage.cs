using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>All that is known about one account or one resource, to read and to act on.</summary>
internal sealed class DetailsPage : Page
{
    private readonly DetailsModel _details;
    private readonly AccountActions _accountActions;
    private readonly ResourceActions _resourceActions;
    private readonly TextPane _pane = new() { Indent = 1, CanFocus = true };

    public DetailsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _details = new DetailsModel(work, place);
        _accountActions = new AccountActions(session, work, () => _details.Account);
        _resourceActions = new ResourceActions(session, work, () => _details.Resource);
        Add(_pane);
        _details.Changed += Refresh;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => _details.Crumbs;

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        new("h Left", "back", () => Work.Places.Back()),
        .. _details.IsAccount ? (ScreenAction[])[_accountActions.Connect, .. _accountActions.Changes] : [.. _resourceActions.Changes],
        new("j k", "scroll; also the arrows, PgUp, PgDn, g, G", null),
    ];

    public override void Open()
    {
        _pane.SetFocus();
        _details.Load();
        Refresh();
    }

    public override void Reload() => _details.Load();

    protected override void Arrange(int columns, int rows)
    {
        _pane.Place(0, 1, columns, rows - 1);
        Refresh();
    }

    protected override bool OnKeyDown(Key key) => _pane.Scroll(key);

    protected override void Dispose(bool disposing)
    {
        _details.Changed -= Refresh;
        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _pane.Lines = TextCut.Wrap(_details.Lines, Viewport.Width - 2);
        _pane.Changed();
        RaiseRefreshed();
    }
}
