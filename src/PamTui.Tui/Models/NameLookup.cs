using System.Buffers;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>The names that grants are made of, as far as they begin with what is typed.</summary>
internal sealed class NameLookup(Workplace work)
{
    /// <summary>Names that are offered at once.</summary>
    public const int Most = 5;

    private const string OfGroup = "group:";

    private static readonly SearchValues<char> s_ofFilters = SearchValues.Create(" =~\"@(");

    // What is searched for may be anywhere in a name: more are asked for than are offered.
    private static readonly PageRequest s_some = new(0, 100);

    /// <summary>Users, and groups as "group:NAME".</summary>
    public async Task<IReadOnlyList<string>> GranteesAsync(string typed, CancellationToken ct)
    {
        List<string> names = [];
        if (!typed.StartsWith(OfGroup, StringComparison.Ordinal))
        {
            names.AddRange(Items(await work.Product.Users.ListAsync(work.Actor, Search(typed), s_some, ct)).Select(listed => listed.User.Name));
        }

        if (typed.StartsWith(OfGroup, StringComparison.Ordinal) || OfGroup.StartsWith(typed, StringComparison.Ordinal))
        {
            string begun = typed.StartsWith(OfGroup, StringComparison.Ordinal) ? typed[OfGroup.Length..] : "";
            names.AddRange(Items(await work.Product.Groups.ListAsync(work.Actor, Search(begun), s_some, ct)).Select(group => OfGroup + group.Name));
        }

        return Beginning(names, typed);
    }

    /// <summary>"RESOURCE/", and behind that its accounts and "*"; for a filter, its keys and their values.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(string typed, CancellationToken ct)
    {
        if (typed.AsSpan().ContainsAny(s_ofFilters) || typed.StartsWith('-'))
        {
            return await new FilterLookup(work).ContinueAsync(typed, ct);
        }

        int split = typed.IndexOf('/', StringComparison.Ordinal);
        if (split < 0)
        {
            IReadOnlyList<string> resources = Beginning(Items(await work.Product.Resources.ListAsync(work.Actor, Search(typed), s_some, ct)).Select(resource => resource.Name + "/"), typed);
            IReadOnlyList<string> keys = typed.Length == 0 ? [] : await new FilterLookup(work).ContinueAsync(typed, ct);

            // Some of each, when both begin so.
            return [.. resources.Take(Math.Max(Most - keys.Count, (Most + 1) / 2)), .. keys];
        }

        string resource = typed[..split];
        string begun = typed[(split + 1)..];
        if (!Names.IsValid(resource) || (begun.Length > 0 && begun != "*" && !Names.IsValid(begun)))
        {
            return [];
        }

        string filter = "resource=" + resource + (begun is "" or "*" ? "" : " " + Search(begun));
        IEnumerable<string> accounts = Items(await work.Product.Accounts.ListAsync(work.Actor, filter, s_some, ct)).Select(account => account.Reference.ToString());
        return Beginning([.. accounts, resource + "/*"], typed);
    }

    private static IReadOnlyList<string> Beginning(IEnumerable<string> names, string typed) =>
        [.. names.Where(name => name.StartsWith(typed, StringComparison.Ordinal)).Take(Most)];

    private static IReadOnlyList<T> Items<T>(Result<Page<T>> page) => page.IsOk ? page.Value.Items : [];

    private static string Search(string begun) => begun.Length == 0 ? "" : FilterNames.AsText(begun);
}
