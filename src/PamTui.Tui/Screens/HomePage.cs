using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui.Screens;

/// <summary>What a person sees first: the accounts that he goes to, what needs somebody, his live sessions.</summary>
internal sealed class HomePage : Page
{
    /// <summary>From this width on the accounts have the left half for themselves.</summary>
    private const int WideColumns = 110;

    private readonly HomeModel _model;
    private readonly AccountActions _actions;
    private readonly IReadOnlyList<Part> _parts;
    private readonly Rule _divider = new(vertical: true);
    private readonly CancellationTokenSource _left = new();
    private bool _live;

    public HomePage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        _model = new HomeModel(work, place);
        _actions = new AccountActions(session, work, () => _model.Here.Pointed?.Account);
        _parts = [.. _model.Parts.Select(Make)];
        Add(_divider);
        _model.Changed += Refresh;
        work.Changed += Reload;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Screen, .. _model.Here.Pointed is { Account: { } account } ? (string[])[account.Reference.ToString()] : []];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        _model.Here.Pointed is { Way: not null } ? new("Enter", "go to it", null) { Short = "go to" } : _actions.Connect with { Run = null },
        new("/", "find an account: words, env=prod, kind=linux, -word, a OR b", Find) { Short = "find" },
        _actions.Details,
        .. _actions.Changes,
        new("a", "add a resource", Add) { Short = Work.Actor.IsAdmin && _model.Accounts is { IsLoaded: true, Total: 0 } ? "add" : "", WhyNot = () => Work.AdminOnly },
        new("Tab", "the next part", () => Turn(1)),
        new("Shift+Tab", "the part before", () => Turn(-1)),
        new("j k g G", "down, up, first, last; arrows, PgUp, PgDn, Home, End too", null),
    ];

    public override bool IsAwaiting => !_model.Here.IsLoaded;

    public override void Open()
    {
        _live = true;
        PartOf(_model.Here).Grid.SetFocus();
        Refresh();

        // A timer's turn comes after the screen is painted: nobody waits for what the parts ask before he sees the screen.
        Session.App.AddTimeout(TimeSpan.Zero, () =>
        {
            Session.Post(Begin);
            return false;
        });
    }

    public override void Reload() => _model.Load();

    protected override void Arrange(int columns, int rows)
    {
        bool wide = columns >= WideColumns;
        int left = wide ? columns * 11 / 20 : columns;
        int attention = wide ? (rows * 3 / 5) - 1 : Math.Max(3, rows * 6 / 22);
        int sessions = wide ? rows - attention - 2 : Math.Max(3, rows * 4 / 22);
        int accounts = wide ? rows - 1 : rows - attention - sessions - 3;
        int x = wide ? left + 1 : 0;
        int y = wide ? 0 : accounts + 1;
        _divider.Visible = wide;
        _divider.Place(left, 0, 1, rows);
        PartOf(_model.Accounts).Place(0, 0, left, accounts);
        PartOf(_model.Attention).Place(x, y, columns - x, attention);
        PartOf(_model.Sessions).Place(x, y + attention + 1, columns - x, sessions);
    }

    protected override void Dispose(bool disposing)
    {
        _live = false;
        _left.Cancel();
        _left.Dispose();
        _model.Changed -= Refresh;
        Work.Changed -= Reload;
        base.Dispose(disposing);
    }

    private void Begin()
    {
        if (_live)
        {
            _model.Follow(_left.Token);
        }
    }

    private Part Make(HomePart list)
    {
        Part part = new(list, new PaneHeader { Caption = list.Caption }, new RowGrid { ColumnsShown = list.Columns });
        part.Grid.RowAt = index => index < list.Rows.Count ? list.Rows[index].Cells : null;
        part.Grid.SelectionMoved += index =>
        {
            // The list paints the row that is selected by itself.
            _model.Select(list, index);
            RaiseRefreshed();
        };
        part.Grid.Chosen += Choose;
        part.Grid.HasFocusChanged += (_, e) => PartFocused(e.NewValue, list);
        Add(part.Header, part.Grid);
        return part;
    }

    private Part PartOf(HomePart list) => _parts.First(part => part.List == list);

    private void Refresh()
    {
        foreach (Part part in _parts)
        {
            part.Header.Count = part.List.IsLoaded ? part.List.Total.ToString(CultureInfo.InvariantCulture) : "";
            part.Grid.Count = part.List.Rows.Count;
            part.Grid.Selected = part.List.Selected;
            part.Grid.EmptyText = [.. part.List.WhyEmpty.SelectMany(line => TextCut.Wrap([line], Math.Max(20, part.Grid.Viewport.Width - 2)))];
            part.Header.Changed();
            part.Grid.Changed();
        }

        RaiseRefreshed();
    }

    private void PartFocused(bool has, HomePart list)
    {
        if (has && _live && CanFocus)
        {
            _model.Focus(list);
        }

        foreach (Part part in _parts)
        {
            part.Header.IsFocused = part.Grid.HasFocus;
            part.Header.Changed();
        }

        if (_live)
        {
            RaiseRefreshed();
        }
    }

    private void Turn(int by)
    {
        int here = _parts.ToList().FindIndex(part => part.List == _model.Here);
        _parts[(here + by + _parts.Count) % _parts.Count].Grid.SetFocus();
    }

    private void Choose()
    {
        if (_model.Here.Pointed is not { } row)
        {
            return;
        }

        if (row.Way is { } way)
        {
            Work.Places.Go(way);
        }
        else
        {
            _actions.Connect.Run!();
        }
    }

    private void Find()
    {
        Place accounts = new(PageTable.Accounts) { Part = ListParts.Filter };
        Work.Places.Go(accounts);
    }

    private void Add()
    {
        if (Dialogs.AddResource(Session, Work) is { } name)
        {
            Place browse = new(PageTable.Browse);
            browse.List("resources").Selected = name;
            Work.Places.Go(browse);
        }
    }

    private sealed record Part(HomePart List, PaneHeader Header, RowGrid Grid)
    {
        public void Place(int x, int y, int columns, int rows)
        {
            Header.Place(x, y, columns, 1);
            Grid.Place(x + 1, y + 1, columns - 1, rows);
        }
    }
}
