using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui.Screens;

/// <summary>Sentences over the bar of keys, and the word in the title for what takes long.</summary>
internal sealed class Notices : IDisposable
{
    private static readonly TimeSpan s_toastTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_busyAfter = TimeSpan.FromMilliseconds(200);

    private readonly TuiSession _session;
    private readonly Workplace _work;
    private readonly TitleBar _title;
    private object? _toastTimer;
    private object? _busyTimer;
    private (int Bottom, int Columns) _room;

    public Notices(TuiSession session, Workplace work, TitleBar title)
    {
        (_session, _work, _title) = (session, work, title);
        work.Told += Tell;
        work.Jobs.OpenChanged += OnJobs;
    }

    public Toast Toast { get; } = new();

    public void Place(int bottom, int columns)
    {
        _room = (bottom, columns);
        Toast.PlaceAbove(bottom, columns);
    }

    /// <summary>Rows that a failure takes from the page, as long as it is shown.</summary>
    public int FailureRows => Toast.IsFailure ? Toast.Lines : 0;

    /// <summary>Something else is done: a failure has been read. False: none is shown.</summary>
    public bool Dismiss()
    {
        bool isShown = Toast.IsFailure;
        if (isShown)
        {
            Hide();
        }

        return isShown;
    }

    public void Dispose()
    {
        _work.Told -= Tell;
        _work.Jobs.OpenChanged -= OnJobs;
    }

    private void Tell(string sentence, Tone tone)
    {
        StopTimer(ref _toastTimer);
        Toast.Show(sentence, tone);
        Toast.PlaceAbove(_room.Bottom, _room.Columns);
        Toast.SuperView?.SetNeedsLayout();
        if (tone != Tone.Bad)
        {
            _toastTimer = _session.App.AddTimeout(s_toastTime, () =>
            {
                Hide();
                return false;
            });
        }

        Toast.SuperView?.SetNeedsDraw();
    }

    private void Hide()
    {
        Toast.Hide();
        Toast.SuperView?.SetNeedsLayout();
        Toast.SuperView?.SetNeedsDraw();
    }

    // A word only for what takes long: most answers are there before anybody could read it.
    private void OnJobs()
    {
        if (_work.Jobs.Open == 0)
        {
            StopTimer(ref _busyTimer);
            _title.ShowBusy("");
        }
        else
        {
            _busyTimer ??= _session.App.AddTimeout(s_busyAfter, () =>
            {
                _title.ShowBusy(_work.Jobs.Open > 0 ? "working…" : "");
                return false;
            });
        }
    }

    private void StopTimer(ref object? timer)
    {
        if (timer is not null)
        {
            _session.App.RemoveTimeout(timer);
            timer = null;
        }
    }
}
