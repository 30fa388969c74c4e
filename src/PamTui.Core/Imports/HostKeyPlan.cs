using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>What a line of a known_hosts file comes to on one resource.</summary>
/// <param name="Resource">Null: on none.</param>
/// <param name="Replaced">Fingerprints of the resource's own that an update takes away.</param>
internal sealed record HostKeyStep(ImportItem Item, string? Resource, HostKeyRow Key, IReadOnlyList<string> Replaced);

/// <summary>Holds the lines of a known_hosts file against the resources that they cover.</summary>
internal sealed class HostKeyPlan
{
    private readonly List<HostKeyStep> _steps = [];
    private readonly HashSet<(string Resource, string Fingerprint)> _given = [];
    private readonly HashSet<(string Resource, string Fingerprint)> _revoked = [];

    private HostKeyPlan()
    {
    }

    /// <summary>In the order of lines. A key that the file has twice for a resource is told of once.</summary>
    public static IReadOnlyList<HostKeyStep> Look(IReadOnlyList<HostKeyRow> keys, IReadOnlyList<Resource> resources, CancellationToken ct)
    {
        HostKeyPlan plan = new();
        List<(HostKeyRow Key, IReadOnlyList<Resource> Covered)> lines = Cover(keys, resources, ct);
        foreach ((HostKeyRow key, Resource resource) in lines.SelectMany(line => line.Covered.Select(resource => (line.Key, resource))))
        {
            _ = key.Line.Marker switch
            {
                "" => plan._given.Add((resource.Name, key.Fingerprint)),
                KnownHostsLine.Revoked => plan._revoked.Add((resource.Name, key.Fingerprint)),
                _ => false,
            };
        }

        HashSet<(string Resource, string Marker, string Fingerprint)> told = [];
        foreach ((HostKeyRow key, IReadOnlyList<Resource> covered) in lines)
        {
            foreach (Resource resource in covered.Where(resource => told.Add((resource.Name, key.Line.Marker, key.Fingerprint))))
            {
                plan.LookAt(key, resource);
            }
        }

        plan.LookAtStrangers([.. lines.Where(line => line.Covered.Count == 0).Select(line => line.Key)]);
        return [.. plan._steps.OrderBy(step => step.Item.Line)];
    }

    // A line without patterns is looked up; every other one is held against each name.
    private static List<(HostKeyRow Key, IReadOnlyList<Resource> Covered)> Cover(IReadOnlyList<HostKeyRow> keys, IReadOnlyList<Resource> resources, CancellationToken ct)
    {
        ILookup<string, Resource> byName = resources.ToLookup(resource => KnownHostsLine.NameOf(resource.Host, resource.Port), StringComparer.OrdinalIgnoreCase);
        HostNames? names = keys.Any(key => key.Line.IsHashed) ? new HostNames(byName.Select(ofName => ofName.Key)) : null;
        List<(HostKeyRow Key, IReadOnlyList<Resource> Covered)> lines = [];
        foreach (HostKeyRow key in keys)
        {
            ct.ThrowIfCancellationRequested();
            IEnumerable<Resource> covered = key.Line.IsPlain
                ? key.Line.Hosts.Split(',').SelectMany(name => byName[name]).DistinctBy(resource => resource.Name)
                : key.Line.IsHashed
                ? HashedName.Read(key.Line.Hosts) is { } hashed && names!.Find(hashed) is { } found ? byName[found] : []
                : byName.Where(ofName => key.Line.Covers(ofName.Key)).SelectMany(ofName => ofName);
            lines.Add((key, [.. covered]));
        }

        return lines;
    }

    private void LookAt(HostKeyRow key, Resource resource)
    {
        bool isPinned = resource.HostKeys.Any(pin => pin.Fingerprint == key.Fingerprint);
        bool isAuthority = resource.HostAuthorities.Any(pin => pin.Fingerprint == key.Fingerprint);
        switch (key.Line.Marker)
        {
            case KnownHostsLine.Revoked when isPinned || isAuthority:
                Tell(key, resource, ImportAction.Clash, "It is trusted, and the file revokes it.", [key.Fingerprint]);
                return;
            case KnownHostsLine.Revoked:
                Tell(key, resource, ImportAction.LeftOut, "The file revokes it, and it is not trusted here.");
                return;
            case var _ when _revoked.Contains((resource.Name, key.Fingerprint)):
                Tell(key, resource, ImportAction.LeftOut, "Another line of the file revokes it.");
                return;
            case KnownHostsLine.Authority:
                Tell(key, resource, isAuthority ? ImportAction.Same : ImportAction.Add, null);
                return;
        }

        // A pin without a type may be of any.
        HostKeyPin[] others = [.. resource.HostKeys.Where(pin => pin.KeyType.Length == 0 || pin.KeyType == key.Line.KeyType).Where(pin => !_given.Contains((resource.Name, pin.Fingerprint)))];
        if (isPinned)
        {
            Tell(key, resource, ImportAction.Same, null);
        }
        else if (others.Length > 0)
        {
            Tell(key, resource, ImportAction.Clash, $"It is there and differs: its key is {others[0].Fingerprint} and would be {key.Fingerprint}.", [.. others.Select(pin => pin.Fingerprint)]);
        }
        else
        {
            Tell(key, resource, ImportAction.Add, null);
        }
    }

    private void Tell(HostKeyRow key, Resource resource, ImportAction action, string? message, IReadOnlyList<string>? replaced = null) =>
        _steps.Add(new HostKeyStep(new ImportItem(key.Line.Number, key.SubjectOf(resource.Name), action, message, null), resource.Name, key, replaced ?? []));

    // Most lines of a file that somebody has had for years: one word about all of them.
    private void LookAtStrangers(IReadOnlyList<HostKeyRow> keys)
    {
        if (keys.Count > 0)
        {
            string others = keys.Count switch
            {
                1 => "",
                2 => ", nor that of another one",
                int count => $", nor those of {count - 1} others",
            };
            _steps.Add(new HostKeyStep(new ImportItem(keys[0].Line.Number, "line", ImportAction.LeftOut, $"No linux resource has the host of this line{others}.", null), null, keys[0], []));
        }
    }
}
