using System.Text.RegularExpressions;

namespace PamTui.Core.Model;

/// <summary>The one rule for names of users, groups, resources, accounts and aliases (design 2): no '@' or '+', so a login name splits one way only.</summary>
public static partial class Names
{
    public const int MaxLength = 63;

    public static bool IsValid(string name) => name.Length <= MaxLength && Pattern().IsMatch(name);

    /// <summary>Null when <paramref name="name"/> is good; else the sentence that says why not.</summary>
    /// <param name="what">What is named: "resource", "account", "user", "group", "alias".</param>
    public static Refusal? Check(string name, string what, string? field = null) =>
        IsValid(name)
            ? null
            : Refusal.Invalid(
                $"The {what} name {Text.Quote(name)} is not valid: use 1 to {MaxLength} of a-z, 0-9, '.', '_' and '-', starting with a letter or digit.",
                field);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
