using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>All that is known about one account or one resource, to read and to act on.</summary>
internal sealed class DetailsScreen : Screen
{
    private readonly HomeModel _model;
    private readonly DetailsModel _details;
    private readonly TitleBar _title = new();
    private readonly TextPane _pane = new() { Indent = 1, CanFocus = true };
    private readonly KeyBar _keys = new();
    private readonly Toast _toast = new();

    private DetailsScreen(TuiSession session, HomeModel model, DetailsModel details)
        : base(session)
    {
        (_model, _details) = (model, details);
        _title.Right = model.Actor.Name.Replace("local:", "", StringComparison.Ordinal);
        _keys.Keys = KeyTable;
        Add(_title, _pane, _keys, _toast);
        details.Changed += Refresh;
        model.Changed += Reload;
        model.Told += Tell;
        Refresh();
        details.Load();
    }

    protected override IReadOnlyList<KeyHelp> KeyTable =>
    [
        new("Esc", "back to the lists", "back"),
        .. _model.Actor.IsAdmin ? (KeyHelp[])[new("e", "edit", "edit")] : [],
        new("m", "metadata", "metadata"),
        .. _details.Account is not null ? (KeyHelp[])[new("c", "check: sign in now", "check"), new("y", "copy the ssh line", "copy ssh line")] : [],
        new("j k", "scroll; also the arrows, PgUp, PgDn, g, G"),
        new("?", "these keys", "help"),
    ];

    public static DetailsScreen Of(TuiSession session, HomeModel model, Account account) => new(session, model, new DetailsModel(model, account));

    public static DetailsScreen Of(TuiSession session, HomeModel model, Resource resource) => new(session, model, new DetailsModel(model, resource));

    protected override void Arrange(int columns, int rows)
    {
        _title.Place(0, 0, columns, 1);
        _pane.Place(0, 2, columns, rows - 3);
        _toast.PlaceAbove(rows - 1, columns);
        Refresh();
        _keys.Place(0, rows - 1, columns, 1);
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_toast.Visible)
        {
            _toast.Hide();
            SetNeedsDraw();
        }

        if (_pane.Scroll(key))
        {
            return true;
        }

        switch (key)
        {
            case var _ when key == Key.Esc && _model.StopCheck():
                return true;
            case var _ when key == Key.Esc || key == Key.Q || key == Key.C.WithCtrl || key == Key.CursorLeft || key == Key.H:
                Session.App.RequestStop(this);
                return true;
            case var _ when key == Key.E && _details.Account is { } account:
                Dialogs.Edit(Session, _model, account);
                _details.Load();
                return true;
            case var _ when key == Key.E && _details.Resource is { } resource:
                Dialogs.Edit(Session, _model, resource);
                _details.Load();
                return true;
            case var _ when key == Key.M && _details.Account is { } account:
                Dialogs.EditMetadata(Session, _model, account);
                return true;
            case var _ when key == Key.M && _details.Resource is { } resource:
                Dialogs.EditMetadata(Session, _model, resource);
                return true;
            case var _ when key == Key.C && _details.Account is { } account:
                _model.CheckNow(account);
                return true;
            case var _ when key == Key.Y && _details.Account is { } account:
                string line = _model.SshLines(account)[0];
                Session.App.Clipboard?.SetClipboardData(line);
                Tell("Copied: " + line, Tone.Normal);
                return true;
            default:
                return true;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _details.Changed -= Refresh;
        _model.Changed -= Reload;
        _model.Told -= Tell;
        base.Dispose(disposing);
    }

    private void Reload() => _details.Load();

    private void Refresh()
    {
        _title.Crumbs = _details.Crumbs;
        _pane.Lines = TextCut.Wrap(_details.Lines, Viewport.Width - 2);
        SetNeedsDraw();
    }

    private void Tell(string sentence, Tone tone)
    {
        _toast.Show(sentence, tone);
        _toast.PlaceAbove(Viewport.Height - 1, Viewport.Width);
        SetNeedsDraw();
    }
}
