using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>--password-length, --password-classes and --password-without: what rotation makes new passwords of.</summary>
internal sealed class PasswordOptions
{
    private readonly Option<string?> _length = new("--password-length")
    {
        Description = $"Of new passwords, {PasswordPolicy.MinLength} to {PasswordPolicy.MaxLength}; 0: as the resource says, or {PasswordPolicy.Default.Length}",
        HelpName = "N",
    };

    private readonly Option<string?> _classes = new("--password-classes") { Description = "Of new passwords: some of lower,upper,digit,symbol; empty: as the resource says, or all", HelpName = "CLASSES" };

    private readonly Option<string?> _without = new("--password-without") { Description = "Characters that new passwords do not have; empty: as the resource says, or none", HelpName = "CHARS" };

    public IReadOnlyList<Option> All => [_length, _classes, _without];

    /// <summary>Null: none of them was given.</summary>
    public Result<PasswordChange?> Read(Invocation run)
    {
        Result<int?> length = Inputs.Number(run.Value(_length), "--password-length", 0, PasswordPolicy.MaxLength);
        Result<CharacterClasses> classes = run.Value(_classes) is { Length: > 0 } words ? PasswordPolicy.ParseClasses(words) : CharacterClasses.None;
        if ((length.Refusal ?? classes.Refusal) is { } refusal)
        {
            return refusal;
        }

        return All.Any(run.Has)
            ? new PasswordChange(length.Value, run.Value(_classes) is null ? null : classes.Value, run.Value(_without))
            : (PasswordChange?)null;
    }
}
