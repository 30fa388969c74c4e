using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>All that is known about one user or one group, to read and to act on.</summary>
internal sealed class PersonPage : Page
{
    private readonly PersonModel _person;
    private readonly UserActions _userActions;
    private readonly GroupActions _groupActions;
    private readonly bool _isGroup;
    private readonly TextPane _pane = new() { Indent = 1, CanFocus = true };

    public PersonPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _isGroup = place.Screen == PageTable.Group;
        _person = new PersonModel(work, place.Subject, _isGroup);
        _userActions = new UserActions(session, work, () => _person.User);
        _groupActions = new GroupActions(session, work, () => _person.Group);
        Add(_pane);
        _person.Changed += Refresh;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Screen, Place.Subject];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        new("h Left", "back", () => Work.Places.Back()),
        .. _isGroup ? _groupActions.All : _userActions.All,
        new("j k", "scroll; also the arrows, PgUp, PgDn, g, G", null),
    ];

    public override void Open()
    {
        _pane.SetFocus();
        _person.Load();
        Refresh();
    }

    public override void Reload() => _person.Load();

    protected override void Arrange(int columns, int rows)
    {
        _pane.Place(0, 1, columns, rows - 1);
        Refresh();
    }

    protected override bool OnKeyDown(Key key) => _pane.Scroll(key);

    protected override void Dispose(bool disposing)
    {
        _person.Changed -= Refresh;
        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _pane.Lines = TextCut.Wrap(_person.Lines, Viewport.Width - 2);
        _pane.Changed();
        RaiseRefreshed();
    }
}
