using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>In words, what a change would alter of what is there.</summary>
internal static class ImportDifference
{
    /// <summary>Null: nothing.</summary>
    public static string? Of(Resource there, ResourceKind kind, ResourceChange change) =>
        FirstOf(
        [
            ("kind", Words.Of(there.Kind), Words.Of(kind)),
            ("host", there.Host, change.Host),
            ("port", $"{there.Port}", change.Port is { } port ? $"{port}" : null),
            ("database", there.Database ?? "", change.Database),
            ("description", there.Description, change.Description),
        ]) ?? OfPairs(there.Metadata, change.Metadata);

    /// <summary>Null: nothing but, maybe, the credential itself, which is not compared.</summary>
    public static string? Of(Account there, AccountChange change) =>
        FirstOf(
        [
            ("username", there.Username, change.Username),
            ("credential", Words.Of(there.Credential), change.Credential is { } credential ? Words.Of(credential.Type) : null),
            ("alias", there.Alias ?? "", change.Alias),
            ("privilege", there.Privilege, change.Privilege),
            ("description", there.Description, change.Description),
        ]) ?? OfPairs(there.Metadata, change.Metadata);

    private static string? FirstOf((string Field, string There, string? Given)[] fields) => fields
        .Where(field => field.Given is not null && field.There != field.Given)
        .Select(field => $"its {field.Field} is {Text.Quote(field.There)} and would be {Text.Quote(field.Given!)}")
        .FirstOrDefault();

    private static string? OfPairs(Metadata there, Metadata? given)
    {
        if (given is null || there.Equals(given))
        {
            return null;
        }

        string key = there.Keys.Concat(given.Keys).Where(key => there.GetValueOrDefault(key) != given.GetValueOrDefault(key)).Order(StringComparer.Ordinal).First();
        return !given.TryGetValue(key, out string? value) ? $"its metadata {Text.Quote(key)} would go"
            : there.TryGetValue(key, out string? old) ? $"its metadata {Text.Quote(key)} is {Text.Quote(old)} and would be {Text.Quote(value)}"
            : $"its metadata {Text.Quote(key)} would be {Text.Quote(value)}";
    }
}
