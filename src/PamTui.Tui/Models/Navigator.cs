namespace PamTui.Tui.Models;

/// <summary>The way from the first place to where the person is. The steps are kept in the state, so that they outlive a session with a target.</summary>
internal sealed class Navigator
{
    /// <summary>Longer ways forget their middle: nobody goes back that far.</summary>
    private const int MaxSteps = 16;

    private readonly List<Place> _steps;

    /// <param name="steps">The way so far; when empty it starts at <paramref name="first"/>.</param>
    public Navigator(List<Place> steps, Place first)
    {
        _steps = steps;
        if (steps.Count == 0)
        {
            steps.Add(first);
        }
    }

    /// <summary>Asks whether a step on may be taken now: what is half done here would be lost. Stepping back is the page's own affair.</summary>
    public Func<bool> MayLeave { get; set; } = static () => true;

    /// <summary>About to leave <see cref="Here"/>: what it looks like is kept now.</summary>
    public event Action? Leaving;

    public event Action? Moved;

    public Place Here => _steps[^1];

    public IReadOnlyList<Place> Steps => _steps;

    public bool IsFirst => _steps.Count == 1;

    /// <summary>Goes on to a place, or back to it when the way has come through it.</summary>
    public void Go(Place place)
    {
        if (place.IsSame(Here) || !MayLeave())
        {
            return;
        }

        Leaving?.Invoke();
        int before = _steps.FindIndex(place.IsSame);
        if (before >= 0)
        {
            _steps.RemoveRange(before + 1, _steps.Count - before - 1);
        }
        else
        {
            _steps.Add(place);
            if (_steps.Count > MaxSteps)
            {
                _steps.RemoveAt(1);
            }
        }

        Moved?.Invoke();
    }

    /// <summary>One step back; false at the first place, which nothing leaves by stepping back.</summary>
    public bool Back()
    {
        if (IsFirst)
        {
            return false;
        }

        Leaving?.Invoke();
        _steps.RemoveAt(_steps.Count - 1);
        Moved?.Invoke();
        return true;
    }
}
