using PamTui.Tui.Terminal;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>
/// Keys that are typed for rows which are still on their way: they wait, and are then pressed one after another, so that each comes to
/// what whoever waited for the screen would have pressed it for. What is typed behind them waits its turn. Esc takes all of them back.
/// </summary>
internal sealed class TypedAhead : IDisposable
{
    /// <summary>More than anybody types ahead; a key that is held down is no wish for more.</summary>
    private const int Most = 256;

    private readonly TuiSession _session;

    // Keys wait on this screen; a dialog over it takes them at once.
    private readonly View _frame;
    private readonly Func<bool> _isAwaiting;
    private readonly Func<Key, bool> _leadsAway;
    private readonly Queue<Key> _keys = new();
    private Key? _pressed;

    public TypedAhead(TuiSession session, View frame, Func<bool> isAwaiting, Func<Key, bool> leadsAway)
    {
        (_session, _frame, _isAwaiting, _leadsAway) = (session, frame, isAwaiting, leadsAway);
        session.App.Keyboard.KeyDown += OnKey;
    }

    private bool IsWaiting => _session.App.TopRunnableView == _frame && _isAwaiting();

    /// <summary>Something has come: what waited goes on.</summary>
    public void GoOn()
    {
        if (_keys.Count > 0)
        {
            _session.Post(Press);
        }
    }

    public void Dispose() => _session.App.Keyboard.KeyDown -= OnKey;

    private void OnKey(object? sender, Key key)
    {
        if (ReferenceEquals(key, _pressed) || (_keys.Count == 0 && !IsWaiting))
        {
            return;
        }

        // What waits may begin a text, in which every key is a letter: only with nothing before it does one lead away.
        bool givesUp = key == Key.Esc || key == Key.C.WithCtrl;
        if (_keys.Count == 0 && (givesUp || _leadsAway(key)))
        {
            return;
        }

        key.Handled = true;
        if (givesUp)
        {
            _keys.Clear();
        }
        else if (_keys.Count < Most)
        {
            _keys.Enqueue(key);
        }
    }

    // A key may open a dialog and return only when that is closed: the next one is on its way before, and comes to the dialog.
    private void Press()
    {
        if (IsWaiting || !_keys.TryDequeue(out Key? key))
        {
            return;
        }

        GoOn();
        key.Handled = false;
        _pressed = key;
        _session.App.Keyboard.RaiseKeyDownEvent(key);
    }
}
