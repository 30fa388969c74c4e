using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Resources at the left, their accounts at the right, what is selected below.</summary>
internal sealed class HomeScreen : Screen
{
    /// <summary>Below this width only the pane in use is shown.</summary>
    private const int ThreePaneColumns = 76;

    private static readonly TimeSpan s_toastTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_busyAfter = TimeSpan.FromMilliseconds(200);

    private readonly HomeModel _model;
    private readonly TitleBar _title = new();
    private readonly PaneHeader _resourceHeader = new();
    private readonly PaneHeader _accountHeader = new();
    private readonly RowGrid _resources = new();
    private readonly RowGrid _accounts = new();
    private readonly Rule _divider = new(vertical: true);
    private readonly Rule _detailsRule = new(vertical: false);
    private readonly TextPane _details = new();
    private readonly KeyBar _keys = new();
    private readonly Toast _toast = new();
    private readonly LineEditor _filterText = new(1024);
    private readonly LineField _filter;
    private HomePane? _filtering;
    private string _filterBefore = "";
    private object? _toastTimer;
    private object? _busyTimer;
    private bool _resourceKinds = true;
    private bool _live;

    public HomeScreen(TuiSession session, HomeModel model, string notice)
        : base(session)
    {
        _model = model;
        _filter = new LineField(_filterText) { Visible = false };
        _resources.RowAt = ResourceRow;
        _accounts.RowAt = AccountRow;
        _resources.SelectionMoved += model.SelectResource;
        _accounts.SelectionMoved += model.SelectAccount;
        _resources.Chosen += () => FocusPane(HomePane.Accounts);
        _accounts.Chosen += Connect;
        _resources.HasFocusChanged += (_, e) => PaneFocused(e.NewValue, HomePane.Resources);
        _accounts.HasFocusChanged += (_, e) => PaneFocused(e.NewValue, HomePane.Accounts);
        _filter.Edited += () => model.SetFilter(_filtering ?? model.Pane, _filterText.Text.Trim());
        Add(_title, _resourceHeader, _resources, _divider, _accountHeader, _accounts, _detailsRule, _details, _keys, _toast, _filter);
        model.Changed += Refresh;
        model.Told += Tell;
        model.HostKeyShown += AskHostKey;
        model.Jobs.OpenChanged += OnJobs;
        HomePane first = model.Pane;
        Initialized += (_, _) => session.Post(() =>
        {
            _live = true;
            FocusPane(first);
            if (notice.Length > 0)
            {
                Tell(notice, Tone.Normal);
            }
        });
        Refresh();
    }

    /// <summary>The account to connect to; null: the person left.</summary>
    public AccountRef? Chosen { get; private set; }

    protected override IReadOnlyList<KeyHelp> KeyTable =>
    [
        new("Enter", "accounts: connect; resources: go to the accounts", "connect"),
        new("/", "filter: words, env=prod, kind=linux, -word, a OR b", "filter"),
        new("d", "details, with the ready-made ssh lines", "details"),
        .. _model.Actor.IsAdmin
            ? (KeyHelp[])[new("a", "add: a resource or an account, as the pane is", "add"), new("e", "edit", "edit")]
            : [],
        new("m", "metadata: add, change, delete, paste lines of key=value", _model.Actor.IsAdmin ? "metadata" : ""),
        new("c", "check: an account signs in, a resource shows who answers", "check"),
        .. _model.Actor.IsAdmin ? (KeyHelp[])[new("Del", "remove, after typing the name")] : [],
        new("y", "copy the ssh line to the terminal's clipboard"),
        new("r", "read everything again"),
        new("Tab, h, l", "the other pane"),
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too"),
        new("Esc", "one step back: the filter, then the resources"),
        new("Ctrl+L", "paint the screen again"),
        new("?", "these keys", "help"),
        new("q", "leave", "quit"),
    ];

    protected override void Arrange(int columns, int rows)
    {
        int body = rows - 2;
        bool wide = columns >= ThreePaneColumns;
        bool left = wide || _model.Pane == HomePane.Resources;
        bool right = wide || !left;
        int leftWidth = wide ? Math.Clamp(columns * 3 / 10, 22, 44) : columns;
        int x = wide ? leftWidth + 1 : 0;
        int rightWidth = columns - x;
        int details = Math.Clamp(body * 2 / 5, 6, 12);
        _title.Place(0, 0, columns, 1);
        _keys.Place(0, rows - 1, columns, 1);
        _toast.PlaceAbove(rows - 1, columns);
        _resourceHeader.Visible = _resources.Visible = left;
        _divider.Visible = wide;
        _accountHeader.Visible = _accounts.Visible = right;
        _resourceHeader.Place(0, 1, leftWidth, 1);
        _resources.Place(1, 2, leftWidth - 1, wide ? body - 1 : body - 2 - details);
        _divider.Place(leftWidth, 1, 1, body);
        _divider.Tee = body - details - 1;
        _accountHeader.Place(x, 1, rightWidth, 1);
        _accounts.Place(x + 1, 2, rightWidth - 1, body - details - 2);
        _detailsRule.Place(x, rows - 2 - details, rightWidth, 1);
        _details.Place(x, rows - 1 - details, rightWidth, details);
        _resourceKinds = leftWidth >= 34;
        _resources.ColumnsShown = _resourceKinds
            ? [new GridColumn("", 13, 1), new GridColumn("", 10), new GridColumn("", 4, Right: true)]
            : [new GridColumn("", 13, 1), new GridColumn("", 4, Right: true)];
        _accounts.ColumnsShown = rightWidth >= 66
            ? [new("", 1), new("ACCOUNT", 16, 5), new("USERNAME", 12, 1), new("PRIVILEGE", 10), new("CHECK", 11)]
            : [new("", 1), new("ACCOUNT", 14, 3), new("USERNAME", 9, 1), new("PRIVILEGE", 10), new("CHECK", 11)];
        PlaceFilter();
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_filtering is not null)
        {
            return OnFilterKey(key);
        }

        if (_toast.IsFailure)
        {
            _toast.Hide();
            SetNeedsDraw();
        }

        switch (key)
        {
            case var _ when key == Key.Q:
                Leave();
                return true;
            case var _ when key == Key.Esc || key == Key.C.WithCtrl:
                Back();
                return true;
            case var _ when key == Key.Tab || key == Key.Tab.WithShift:
                FocusPane(_model.Pane == HomePane.Resources ? HomePane.Accounts : HomePane.Resources);
                return true;
            case var _ when key == Key.CursorLeft || key == Key.H:
                FocusPane(HomePane.Resources);
                return true;
            case var _ when key == Key.CursorRight || key == Key.L:
                FocusPane(HomePane.Accounts);
                return true;
            case var _ when key == (Key)'/':
                BeginFilter();
                return true;
            case var _ when key == Key.R || key == Key.F5:
                _model.Refresh();
                return true;
            case var _ when key == Key.D:
                OpenDetails();
                return true;
            case var _ when key == Key.A:
                OpenAdd();
                return true;
            case var _ when key == Key.E:
                OpenEdit();
                return true;
            case var _ when key == Key.M:
                OpenMetadata();
                return true;
            case var _ when key == Key.C:
                Check();
                return true;
            case var _ when key == Key.Delete || key == Key.X:
                Remove();
                return true;
            case var _ when key == Key.Y:
                CopyLine();
                return true;
            default:
                return false;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _model.Changed -= Refresh;
        _model.Told -= Tell;
        _model.HostKeyShown -= AskHostKey;
        _model.Jobs.OpenChanged -= OnJobs;
        _filterText.Dispose();
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _resources.Count = _model.Resources.Total + 1;
        _resources.Selected = _model.IsAll ? 0 : _model.Resources.Selected + 1;
        _accounts.Count = _model.Accounts.Total;
        _accounts.Selected = _model.Accounts.Selected;
        _accounts.EmptyText = EmptyText();
        _title.Crumbs = Crumbs();
        _title.Right = $"{_model.Actor.Name.Replace("local:", "", StringComparison.Ordinal)} · {(_model.Actor.UserId is null ? "local admin" : Words.Of(_model.Actor.Role))}";
        SetHeader(_resourceHeader, "RESOURCES", _model.Resources.Filter, _model.Resources.Refusal, _model.Resources.Total, _model.Resources.Unfiltered);
        SetHeader(
            _accountHeader,
            _model.SelectedResource is { } resource ? "ACCOUNTS of " + TextCut.Cut(resource.Name, 24) : "ACCOUNTS",
            _model.Accounts.Filter,
            _model.Accounts.Refusal,
            _model.Accounts.Total,
            _model.Accounts.Unfiltered);
        _keys.Keys = KeyTable;
        PlaceFilter();
        RefreshDetails();
        SetNeedsDraw();
    }

    private static void SetHeader(PaneHeader header, string title, string filter, Refusal? refusal, int total, int all)
    {
        header.Caption = title;
        header.Filter = filter;
        header.IsBad = refusal is not null;
        header.Count = filter.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{total}/{all}")
            : total.ToString(CultureInfo.InvariantCulture);
    }

    private void RefreshDetails()
    {
        Refusal? refusal = _model.Pane == HomePane.Resources ? _model.Resources.Refusal : _model.Accounts.Refusal;
        if (refusal is not null)
        {
            _detailsRule.Caption = "filter";
            _details.Lines = [.. TextCut.Wrap(refusal.Message, Math.Max(20, _details.Viewport.Width - 2)).Select(line => StyledLine.Of(line, Tone.Bad))];
            return;
        }

        bool resource = _model.Pane == HomePane.Resources && _model.SelectedResource is not null;
        _detailsRule.Caption = resource ? "resource" : _model.SelectedAccount is null ? "" : "account";
        IReadOnlyList<StyledLine> lines = resource ? DetailsText.Brief(_model.SelectedResource!)
            : _model.SelectedAccount is { } account ? DetailsText.Brief(account, _model.ResourceOf(account), _model.SshLines(account), _model.Now)
            : [];
        _details.Lines = TextCut.Wrap(lines, _details.Viewport.Width - 2);
        _details.ToTop();
    }

    private List<string> Crumbs()
    {
        List<string> crumbs = [_model.SelectedResource?.Name ?? "all resources"];
        if (_model.Pane == HomePane.Accounts && _model.SelectedAccount is { } account)
        {
            crumbs.Add(_model.IsAll ? account.Reference.ToString() : account.Name);
        }

        return crumbs;
    }

    private IReadOnlyList<StyledLine> EmptyText()
    {
        if (!_model.IsLoaded)
        {
            return [];
        }

        if (_model.Accounts.Filter.Length > 0)
        {
            return [StyledLine.Of("No account matches the filter."), StyledLine.Of("Esc clears it.", Tone.Dim)];
        }

        if (_model.Resources is { Total: 0, Filter.Length: 0 })
        {
            return _model.Actor.IsAdmin
                ? [StyledLine.Of("No resources yet: press a to add the first."), StyledLine.Of("A resource is a server or a database to reach.", Tone.Dim)]
                : [StyledLine.Of("Nothing is granted to you yet."), StyledLine.Of("Ask an admin for a grant.", Tone.Dim)];
        }

        return _model.SelectedResource is not null && _model.Actor.IsAdmin
            ? [StyledLine.Of("No accounts yet: press a to add the first."), StyledLine.Of("An account is one set of credentials on this resource.", Tone.Dim)]
            : [StyledLine.Of("No accounts here.", Tone.Dim)];
    }

    private IReadOnlyList<Span>? ResourceRow(int index)
    {
        if (index == 0)
        {
            return _resourceKinds ? [new Span("all resources", Tone.Dim), new Span(""), new Span("")] : [new Span("all resources", Tone.Dim), new Span("")];
        }

        if (_model.Resources[index - 1] is not { } resource)
        {
            return null;
        }

        Span name = new(resource.Name);
        Span count = new(resource.AccountCount.ToString(CultureInfo.InvariantCulture), Tone.Dim);
        return _resourceKinds ? [name, new Span(Words.Of(resource.Kind), Tone.Dim), count] : [name, count];
    }

    private IReadOnlyList<Span>? AccountRow(int index) => _model.Accounts[index] is not { } account
        ? null
        : [
            StatusWords.Glyph(account.CheckState),
            new Span(_model.IsAll ? account.Reference.ToString() : account.Name),
            new Span(Core.Model.Text.Escape(account.Username)),
            new Span(Core.Model.Text.Escape(account.Privilege), Tone.Dim),
            StatusWords.Word(account),
        ];

    private void FocusPane(HomePane pane)
    {
        _model.Focus(pane);
        if (Viewport.Width is > 0 and < ThreePaneColumns)
        {
            ArrangeAgain();
            (pane == HomePane.Resources ? _resources : _accounts).Visible = true;
        }

        (pane == HomePane.Resources ? _resources : _accounts).SetFocus();
        Refresh();
    }

    private void PaneFocused(bool has, HomePane pane)
    {
        if (has && _live && _model.Pane != pane)
        {
            _model.Focus(pane);
        }

        _resourceHeader.IsFocused = _resources.HasFocus;
        _accountHeader.IsFocused = _accounts.HasFocus;
        SetNeedsDraw();
    }

    private void Back()
    {
        if (_model.StopCheck())
        {
            return;
        }

        if (_model.Pane == HomePane.Accounts && _model.Accounts.Filter.Length > 0)
        {
            _model.SetFilter(HomePane.Accounts, "");
        }
        else if (_model.Pane == HomePane.Accounts)
        {
            FocusPane(HomePane.Resources);
        }
        else if (_model.Resources.Filter.Length > 0)
        {
            _model.SetFilter(HomePane.Resources, "");
        }
        else
        {
            Tell("q leaves.", Tone.Normal);
        }
    }

    private void BeginFilter()
    {
        _filtering = _model.Pane;
        _filterBefore = _model.Pane == HomePane.Resources ? _model.Resources.Filter : _model.Accounts.Filter;
        _filterText.Set(_filterBefore);
        _filter.Visible = true;
        PlaceFilter();
        _filter.SetFocus();
        Refresh();
    }

    private bool OnFilterKey(Key key)
    {
        if (key == Key.Enter || key == Key.Tab || key == Key.CursorDown)
        {
            EndFilter();
        }
        else if (key == Key.Esc || key == Key.C.WithCtrl)
        {
            _model.SetFilter(_filtering!.Value, _filterText.Text.Trim() == _filterBefore ? "" : _filterBefore);
            EndFilter();
        }

        return true;
    }

    private void EndFilter()
    {
        HomePane pane = _filtering!.Value;
        _filtering = null;
        _filter.Visible = false;
        FocusPane(pane);
    }

    private void PlaceFilter()
    {
        if (_filtering is not { } pane)
        {
            return;
        }

        PaneHeader header = pane == HomePane.Resources ? _resourceHeader : _accountHeader;
        int width = Math.Max(8, header.Frame.Width - header.TitleColumns - header.CountColumns - 2);
        header.Filter = "";
        _filter.Place(header.Frame.X + header.TitleColumns + 1, 1, width, 1);
    }

    private void Tell(string sentence, Tone tone)
    {
        if (_toastTimer is not null)
        {
            Session.App.RemoveTimeout(_toastTimer);
            _toastTimer = null;
        }

        _toast.Show(sentence, tone);
        _toast.PlaceAbove(Viewport.Height - 1, Viewport.Width);
        if (tone != Tone.Bad)
        {
            _toastTimer = Session.App.AddTimeout(s_toastTime, () =>
            {
                _toast.Hide();
                SetNeedsDraw();
                return false;
            });
        }

        SetNeedsDraw();
    }

    // A word only for what takes long: most answers are there before anybody could read it.
    private void OnJobs()
    {
        if (_model.Jobs.Open == 0)
        {
            if (_busyTimer is not null)
            {
                Session.App.RemoveTimeout(_busyTimer);
                _busyTimer = null;
            }

            if (_title.Busy.Length > 0)
            {
                _title.Busy = "";
                _title.Changed();
            }
        }
        else
        {
            _busyTimer ??= Session.App.AddTimeout(s_busyAfter, () =>
            {
                if (_model.Jobs.Open > 0)
                {
                    _title.Busy = "working…";
                    _title.Changed();
                }

                return false;
            });
        }
    }

    private void Connect()
    {
        if (_model.SelectedAccount is { } account)
        {
            Chosen = account.Reference;
            Leave();
        }
    }

    // The library moves the focus about while it closes: that is no wish of the person.
    private void Leave()
    {
        _live = false;
        Session.App.RequestStop(this);
    }

    private void OpenDetails()
    {
        if (_model.Pane == HomePane.Resources && _model.SelectedResource is { } resource)
        {
            using DetailsScreen screen = DetailsScreen.Of(Session, _model, resource);
            Session.App.Run(screen);
        }
        else if (_model.SelectedAccount is { } account)
        {
            using DetailsScreen screen = DetailsScreen.Of(Session, _model, account);
            Session.App.Run(screen);
        }

        _model.Refresh();
    }

    private void OpenAdd()
    {
        if (_model.Pane == HomePane.Resources || _model.Resources is { Total: 0, Filter.Length: 0 })
        {
            Dialogs.AddResource(Session, _model);
        }
        else if (_model.SelectedResource is { } resource)
        {
            Dialogs.AddAccount(Session, _model, resource);
        }
        else
        {
            Tell("Choose the resource at the left first: an account belongs to one.", Tone.Normal);
        }
    }

    private void OpenEdit()
    {
        if (_model.Pane == HomePane.Resources && _model.SelectedResource is { } resource)
        {
            Dialogs.Edit(Session, _model, resource);
        }
        else if (_model.Pane == HomePane.Accounts && _model.SelectedAccount is { } account)
        {
            Dialogs.Edit(Session, _model, account);
        }
    }

    private void OpenMetadata()
    {
        if (_model.Pane == HomePane.Resources && _model.SelectedResource is { } resource)
        {
            Dialogs.EditMetadata(Session, _model, resource);
        }
        else if (_model.SelectedAccount is { } account)
        {
            Dialogs.EditMetadata(Session, _model, account);
        }
    }

    private void Check()
    {
        if (_model.Pane == HomePane.Resources && _model.SelectedResource is { } resource)
        {
            _model.CheckNow(resource);
        }
        else if (_model.Pane == HomePane.Accounts && _model.SelectedAccount is { } account)
        {
            _model.CheckNow(account);
        }
    }

    private void AskHostKey(Resource resource, SeenHostKey key)
    {
        string effect = $"{resource.Name} shows {Core.Model.Text.Escape(key.KeyType)} {key.Fingerprint}, which nobody has accepted yet. "
            + "Compare it with the host's own (ssh-keygen -lf on it) before you accept it.";
        if (ConfirmSheet.Ask(Session, "Host key", effect, "Accept this key", null))
        {
            _model.Pin(resource, key);
        }
    }

    private void Remove()
    {
        if (_model.Pane == HomePane.Resources && _model.SelectedResource is { } resource)
        {
            Dialogs.Remove(Session, _model, resource);
        }
        else if (_model.Pane == HomePane.Accounts && _model.SelectedAccount is { } account)
        {
            Dialogs.Remove(Session, _model, account);
        }
    }

    private void CopyLine()
    {
        if (_model.SelectedAccount is { } account)
        {
            string line = _model.SshLines(account)[0];
            Session.App.Clipboard?.SetClipboardData(line);
            Tell("Copied: " + line, Tone.Normal);
        }
    }
}
