namespace PamTui.Core.Model;

/// <summary>A program and its fixed arguments, run as they are: no shell, no expansion.</summary>
public sealed record HookCommand
{
    private const int MaxWords = 32;
    private const int MaxLength = 4096;

    private HookCommand(IReadOnlyList<string> words) => Words = words;

    /// <summary>The program's absolute path, then its arguments.</summary>
    public IReadOnlyList<string> Words { get; }

    public static Result<HookCommand> From(IReadOnlyList<string> words) => words switch
    {
        [] or [not ['/', ..], ..] => Refusal.Invalid("A hook is a program by its absolute path, with its arguments, such as '/usr/local/bin/tell-app --quiet'.", "hook"),
        { Count: > MaxWords } => Refusal.Invalid($"A hook has at most {MaxWords} words.", "hook"),
        _ when words.Sum(word => word.Length) > MaxLength => Refusal.Invalid($"A hook has at most {MaxLength} characters.", "hook"),
        _ when words.Any(word => word.Any(char.IsControl)) => Refusal.Invalid("A hook holds a control character.", "hook"),
        _ => new HookCommand([.. words]),
    };

    /// <summary>For a person: words that hold a blank are quoted.</summary>
    public override string ToString() => string.Join(' ', Words.Select(word => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-=:,@%+".Contains(c, StringComparison.Ordinal))
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));

    public bool Equals(HookCommand? other) => other is not null && Words.SequenceEqual(other.Words, StringComparer.Ordinal);

    public override int GetHashCode() => Words.Count == 0 ? 0 : StringComparer.Ordinal.GetHashCode(Words[0]);
}
