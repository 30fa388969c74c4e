using System.Globalization;
using CsvHelper;
using PamTui.Core.Model;

namespace PamTui.Core.Imports;

/// <summary>Resources and accounts as a CSV file that an import reads; without credentials.</summary>
public static class CsvExport
{
    /// <summary>A line a resource, and one for each of its accounts below it.</summary>
    /// <param name="resources">Of all accounts at least.</param>
    public static void Write(TextWriter output, IEnumerable<Resource> resources, IEnumerable<Account> accounts)
    {
        ILookup<string, Account> ofResource = accounts.ToLookup(account => account.Resource, StringComparer.Ordinal);
        List<Resource> all = [.. resources];
        string[] keys = [.. all.Select(resource => resource.Metadata).Concat(ofResource.SelectMany(group => group).Select(account => account.Metadata))
            .SelectMany(metadata => metadata.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        using CsvWriter csv = new(output, CultureInfo.InvariantCulture, leaveOpen: true);
        Line(csv, [.. ImportColumns.Exported, .. keys.Select(key => ImportColumns.Meta + key)]);
        foreach (Resource resource in all)
        {
            Line(csv, Cells(resource, null, keys));
            foreach (Account account in ofResource[resource.Name])
            {
                Line(csv, Cells(resource, account, keys));
            }
        }
    }

    private static IEnumerable<string> Cells(Resource resource, Account? account, string[] keys)
    {
        Metadata metadata = account?.Metadata ?? resource.Metadata;
        string[] fields =
        [
            Words.Of(resource.Kind),
            resource.Name,
            resource.Host,
            resource.Port.ToString(CultureInfo.InvariantCulture),
            resource.Database ?? "",
            string.Join(' ', resource.HostKeys.Select(pin => pin.Fingerprint)),
            account?.Name ?? "",
            account?.Username ?? "",
            account?.Alias ?? "",
            account?.Privilege ?? "",
            account?.Description ?? resource.Description,
        ];
        return fields.Select(ImportColumns.Guard)
            .Concat(keys.Select(key => !metadata.TryGetValue(key, out string? value) ? "" : value.Length == 0 ? ImportColumns.EmptyValue : ImportColumns.Guard(value)));
    }

    private static void Line(CsvWriter csv, IEnumerable<string> cells)
    {
        foreach (string cell in cells)
        {
            csv.WriteField(cell);
        }

        csv.NextRecord();
    }
}
