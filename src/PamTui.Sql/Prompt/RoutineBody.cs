namespace PamTui.Sql.Prompt;

/// <summary>
/// Follows the words of a statement of PostgreSQL as far as it takes to know the body of a routine in plain SQL (`CREATE FUNCTION … BEGIN
/// ATOMIC …; …; END`), in which a ';' ends nothing of the outside's.
/// </summary>
internal sealed class RoutineBody
{
    private const int NamingWords = 4;

    private readonly List<string> _first = [];
    private bool _isRoutine;
    private int _depth;

    public bool IsOpen => _depth > 0;

    /// <summary>False: what the next words are does not matter.</summary>
    public bool Looks => _isRoutine || _first.Count < NamingWords;

    public void Clear()
    {
        _first.Clear();
        (_isRoutine, _depth) = (false, 0);
    }

    public void Pass(ReadOnlySpan<char> word)
    {
        if (_isRoutine)
        {
            _depth += Is(word, "BEGIN") || (IsOpen && Is(word, "CASE")) ? 1 : IsOpen && Is(word, "END") ? -1 : 0;
        }
        else if (_first.Count < NamingWords)
        {
            _first.Add(word.ToString().ToUpperInvariant());
            _isRoutine = _first is ["CREATE", "FUNCTION" or "PROCEDURE", ..] or ["CREATE", "OR", "REPLACE", "FUNCTION" or "PROCEDURE"];
        }
    }

    private static bool Is(ReadOnlySpan<char> word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
