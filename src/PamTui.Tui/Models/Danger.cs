using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>An act that may do harm.</summary>
internal enum Act
{
    Edit,
    EditMetadata,
    Check,
    Rotate,
    Reveal,
    Remove,
}

/// <summary>What is asked before an act.</summary>
/// <param name="Typed">What must be typed first; null: two buttons are enough.</param>
internal sealed record Question(string Title, string Effect, string Button, string? Typed);

/// <summary>
/// The one place that decides what takes more than a key: what cannot be undone, and whatever is done to production, asks for the name.
/// </summary>
internal static class Danger
{
    private const string Key = "env";

    /// <summary>Marked as production: `env=prod` or `env=production`.</summary>
    public static bool IsProduction(Metadata metadata) => metadata.TryGetValue(Key, out string? value) && IsProduction(value);

    /// <summary>An account's own word counts before that of its resource, as in a filter.</summary>
    public static bool IsProduction(Metadata account, Metadata resource) => IsProduction(account.TryGetValue(Key, out _) ? account : resource);

    /// <summary>Its resource may say otherwise: nothing is known before that was read.</summary>
    public static bool DependsOnResource(Metadata account) => !account.TryGetValue(Key, out _);

    /// <summary>Null: the act is no more than its key says.</summary>
    public static Question? Before(Act act, Account account, bool isProduction)
    {
        string name = account.Reference.ToString();
        string? typed = isProduction ? account.Name : null;
        return act switch
        {
            Act.Remove => new Question("Remove account", $"{name} goes with its credential and every grant on it; live sessions with it end. It cannot be undone.", "Remove", account.Name),
            Act.Rotate => new Question("Rotate credential", $"{name} gets a new credential, on the target and in the vault. Programs that hold the old one stop working.", "Rotate", typed),
            Act.Edit when isProduction => Production(name, "What you change about it counts at once, for every session that begins.", "Edit", typed),
            Act.EditMetadata when isProduction => Production(name, "Grants and policies may find it by its metadata: a change may move it out of them, or into others.", "Edit metadata", typed),
            Act.Reveal when isProduction => Production(name, "You are about to see its credential.", "Go on", typed) with { Title = "Reveal: production" },
            _ => null,
        };
    }

    /// <summary>Null: the act is no more than its key says.</summary>
    public static Question? Before(Act act, Resource resource)
    {
        bool isProduction = IsProduction(resource.Metadata);
        string accounts = resource.AccountCount == 1 ? "its one account" : $"its {resource.AccountCount} accounts";
        return act switch
        {
            Act.Remove => new Question("Remove resource", $"{resource.Name} goes with {accounts}, their credentials and every grant on them; live sessions there end. It cannot be undone.", "Remove", resource.Name),
            Act.Edit when isProduction => Production(resource.Name, "Another address is where the credentials of its accounts go from then on.", "Edit", resource.Name),
            Act.EditMetadata when isProduction => Production(resource.Name, "Grants and policies may find its accounts by its metadata: a change may move them out of those, or into others.", "Edit metadata", resource.Name),
            _ => null,
        };
    }

    /// <summary>Of many at once it is their number that is typed behind the act.</summary>
    /// <param name="what">"accounts".</param>
    /// <param name="production">So many of them are production.</param>
    /// <returns>Null: the act is no more than its key says.</returns>
    public static Question? Before(Act act, int count, string what, int production, string removed = "")
    {
        string many = string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
        string among = production == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {production} of them {(production == 1 ? "is" : "are")} production (env=prod).");
        string Typed(string verb) => string.Create(CultureInfo.InvariantCulture, $"{verb} {count}");
        return act switch
        {
            Act.Remove => new Question("Remove " + what, $"{many} go with {removed}. It cannot be undone.{among}", "Remove", Typed("remove")),
            Act.Rotate => new Question("Rotate credentials", $"{many} get a new credential, each on its target and in the vault. Programs that hold an old one stop working.{among}", "Rotate", Typed("rotate")),
            Act.Check when production > 0 => new Question("Check " + what, $"{many} are signed in to; one that is rejected too often may be locked.{among}", "Check", Typed("check")),
            Act.EditMetadata when production > 0 => new Question("Metadata of " + what, $"{many} get other metadata; grants and policies may find them by it.{among}", "Edit metadata", Typed("edit")),
            _ => null,
        };
    }

    /// <summary>What is there and becomes what a file says is edited: then its number is typed.</summary>
    /// <param name="name">Of the file.</param>
    public static Question BeforeImport(string name, int additions, int updates, bool isChecked)
    {
        string added = string.Create(CultureInfo.InvariantCulture, $"{additions} {(additions == 1 ? "is" : "are")} added; {(isChecked ? "each account signs in first" : "no account signs in first")}.");
        string changed = updates == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {updates} that {(updates == 1 ? "is there becomes" : "are there become")} what the file says.");
        return new Question("Import " + Text.Escape(name, 40), added + changed, "Import", updates == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"update {updates}"));
    }

    private static bool IsProduction(string value) => value is "prod" or "production";

    private static Question Production(string name, string effect, string button, string? typed) => new(button + ": production", $"{name} is production (env=prod). {effect}", button, typed);
}
