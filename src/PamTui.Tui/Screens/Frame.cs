using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui.Screens;

/// <summary>What is the same everywhere: the title, the page of the place where the person is, the bar of keys, the sentences over it.</summary>
internal sealed class Frame : Runnable
{
    private readonly TuiSession _session;
    private readonly Workplace _work;
    private readonly TitleBar _title = new();
    private readonly KeyBar _keys = new();
    private readonly Notices _notices;
    private readonly SizeNotice _small;
    private readonly IReadOnlyList<ScreenAction> _everywhere;
    private readonly TypedAhead _typed;
    private Page? _page;

    public Frame(TuiSession session, Workplace work, string notice)
    {
        (_session, _work) = (session, work);
        _small = new SizeNotice(session);
        Width = Dim.Fill();
        Height = Dim.Fill();
        CanFocus = true;
        SetScheme(Theme.Scheme);
        _notices = new Notices(session, work, _title);
        _everywhere = CommonActions.Of(this);
        _typed = new TypedAhead(session, this, () => _page?.IsAwaiting != false, LeadsAway);
        Add(_title, _keys, _notices.Toast, _small);
        work.Left += Leave;
        work.Checks.HostKeyShown += AskHostKey;
        work.Places.Moved += ShowPage;
        work.Places.MayLeave = () => _page?.MayLeave() != false;
        Initialized += (_, _) => session.Post(() =>
        {
            ShowPage();
            work.Jobs.Follow(work.FollowThemeAsync, CancellationToken.None);
            if (notice.Length > 0)
            {
                work.Tell(notice, Tone.Normal);
            }
        });
    }

    /// <summary>The account to connect to; null: the person left.</summary>
    public AccountRef? Chosen { get; private set; }

    public Workplace Work => _work;

    public TuiSession Session => _session;

    /// <summary>What can be done now: at this place, and everywhere.</summary>
    public IReadOnlyList<ScreenAction> Actions => [.. _page?.Actions ?? [], .. _everywhere];

    /// <summary>Does it, or says why not.</summary>
    public void Perform(ScreenAction action)
    {
        if (action.WhyNot() is { } reason)
        {
            _work.Tell(reason, Tone.Normal);
        }
        else
        {
            action.Run?.Invoke();
        }
    }

    public void StepBack()
    {
        if (!_work.Errand.Stop() && _page?.StepBack() != true && !_work.Places.Back())
        {
            _work.Tell("q leaves.", Tone.Normal);
        }
    }

    public void Reload() => _page?.Reload();

    protected override void OnSubViewLayout(LayoutEventArgs args)
    {
        int columns = Viewport.Width;
        int rows = Viewport.Height;
        _title.Place(0, 0, columns, 1);
        _keys.Place(0, rows - 1, columns, 1);
        _notices.Place(rows - 1, columns);
        PlacePage();
        _small.Visible = SizeNotice.IsNeeded(_session);
        _small.Place(0, 0, columns, rows);
    }

    protected override bool OnClearingViewport()
    {
        Ground.Fill(this);
        return true;
    }

    protected override bool OnKeyDown(Key key)
    {
        if (_notices.Dismiss() && key == Key.Esc)
        {
            return true;
        }

        if (Actions.FirstOrDefault(action => action.Run is not null && action.KeyNames.Any(name => KeyNames.Parse(name) == key)) is { } action)
        {
            Perform(action);
            return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _work.Left -= Leave;
        _work.Checks.HostKeyShown -= AskHostKey;
        _work.Places.Moved -= ShowPage;
        _notices.Dispose();
        _typed.Dispose();
        base.Dispose(disposing);
    }

    private void ShowPage()
    {
        if (_page is { } old)
        {
            old.Refreshed -= Refresh;
            Remove(old);
            old.Dispose();
        }

        Place here = _work.Places.Here;
        _page = PageTable.Of(here).Make(_session, _work, here);
        _page.Refreshed += Refresh;
        Add(_page);
        MoveSubViewToEnd(_notices.Toast);
        MoveSubViewToEnd(_small);
        PlacePage();
        _page.Open();
        Refresh();
        SetNeedsLayout();
        SetNeedsDraw();
    }

    // A failure stays while one moves about: it must not lie on the row that one moves to.
    private void PlacePage() => _page?.Place(0, 1, Viewport.Width, Viewport.Height - 2 - _notices.FailureRows);

    private void Refresh()
    {
        if (_page is not { } page)
        {
            return;
        }

        Actor actor = _work.Actor;
        _title.Show(page.Crumbs, $"{Core.Model.Text.Escape(actor.Name.Replace("local:", "", StringComparison.Ordinal))} · {(actor.UserId is null ? "local admin" : Words.Of(actor.Role))}");
        _keys.Show(Actions);
        _typed.GoOn();
    }

    // To another place, or out, whatever the rows are.
    private bool LeadsAway(Key key) => key == Key.Q || key == Key.L.WithCtrl || PageTable.All.Any(kind => kind.Key.Length > 0 && KeyNames.Parse(kind.Key) == key);

    private void AskHostKey(Resource resource, SeenHostKey key)
    {
        string effect = $"{resource.Name} shows {Core.Model.Text.Escape(key.KeyType)} {key.Fingerprint}, which nobody has accepted yet. "
            + "Compare it with the host's own (ssh-keygen -lf on it) before you accept it.";
        if (ConfirmSheet.Ask(_session, "Host key", effect, "Accept this key", null))
        {
            _work.Do(ct => _work.Product.Resources.PinHostKeyAsync(_work.Actor, resource.Name, key, "accepted by " + _work.Actor.Name, ct), $"The host key of {resource.Name} is pinned.");
        }
    }

    // The library moves the focus about while it closes: that is no wish of the person.
    private void Leave(AccountRef? account)
    {
        if (_page?.MayLeave() == false)
        {
            return;
        }

        Chosen = account;
        if (_page is { } page)
        {
            page.CanFocus = false;
        }

        _session.App.RequestStop(this);
    }
}
