using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>How the filter of a grant may go on: with a field or a key that accounts have, or with a value that the key has on one.</summary>
internal sealed class FilterLookup(Workplace work)
{
    // Those that a grant may hang on; as keys of metadata their names stand in quotes.
    private static readonly string[] s_fields = ["alias", "credential", "description", "kind", "name", "privilege", "resource", "username"];
    private static readonly string[] s_others = ["checkState", "health", "rotation", "favourite"];
    private static readonly PageRequest s_some = new(0, 100);

    /// <summary>Whole filters, the term at the end gone on with; none for a term that is a text to search for, or whole with nothing beside it.</summary>
    public async Task<IReadOnlyList<string>> ContinueAsync(string typed, CancellationToken ct)
    {
        IReadOnlyList<string> offers = await OffersAsync(typed, ct);
        return offers is [var only] && only == typed ? [] : offers;
    }

    private async Task<IReadOnlyList<string>> OffersAsync(string typed, CancellationToken ct)
    {
        FilterTerm term = FilterTerm.Last(typed);
        if (term.ValueBegin is { } begin)
        {
            return [.. Beginning(await ValuesAsync(term, ct), term.Value).Select(value => typed[..begin] + Filter.ValueText(value))];
        }

        if (term.IsKeyQuoted)
        {
            return [];
        }

        Result<IReadOnlyList<string>> keys = await work.Product.Accounts.MetadataKeysAsync(work.Actor, ct);
        IEnumerable<string> quoted = keys.IsOk ? Beginning(keys.Value, term.Key).Select(key => Filter.KeyText(key, isField: s_fields.Contains(key) || s_others.Contains(key))) : [];
        IEnumerable<string> fields = term.Key.Length == 0 ? [] : Beginning(s_fields, term.Key);
        return [.. quoted.Concat(fields).Select(key => typed[..term.Begin] + key + "=")];
    }

    private async Task<IReadOnlyList<string>> ValuesAsync(FilterTerm term, CancellationToken ct)
    {
        switch (term.IsKeyQuoted ? "" : term.Key)
        {
            case "kind":
                return [.. Enum.GetValues<ResourceKind>().Select(Words.Of)];
            case "credential":
                return [.. Enum.GetValues<CredentialType>().Select(Words.Of)];
            case "resource":
                Result<Page<Resource>> resources = await work.Product.Resources.ListAsync(work.Actor, term.Value.Length == 0 ? "" : FilterNames.AsText(term.Value), s_some, ct);
                return resources.IsOk ? [.. resources.Value.Items.Select(resource => resource.Name)] : [];
            case var field when s_fields.Contains(field) || s_others.Contains(field):
                return [];
        }

        Result<IReadOnlyList<string>> values = await work.Product.KnownPairs.ValuesAsync(work.Actor, term.Key, ct);
        return values.IsOk ? values.Value : [];
    }

    private static IEnumerable<string> Beginning(IEnumerable<string> all, string begun) =>
        all.Where(one => one.StartsWith(begun, StringComparison.OrdinalIgnoreCase)).Take(NameLookup.Most);
}
