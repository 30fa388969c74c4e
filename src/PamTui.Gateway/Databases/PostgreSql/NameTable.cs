using System.Diagnostics.CodeAnalysis;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// Prepared statements or portals by name. A client may prepare without end, and may drop names by SQL that nobody here reads: when there are
/// too many, those that were not used for the longest are forgotten.
/// </summary>
internal sealed class NameTable<T>(int most)
    where T : class
{
    private readonly Dictionary<string, LinkedListNode<(string Name, T Value)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, T Value)> _byUse = new();

    public void Set(string name, T value)
    {
        Remove(name);
        _byName[name] = _byUse.AddLast((name, value));
        if (_byName.Count > most)
        {
            Remove(_byUse.First!.Value.Name);
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out T? value)
    {
        if (!_byName.TryGetValue(name, out LinkedListNode<(string Name, T Value)>? node))
        {
            value = null;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);
        value = node.Value.Value;
        return true;
    }

    public void Remove(string name)
    {
        if (_byName.Remove(name, out LinkedListNode<(string Name, T Value)>? node))
        {
            _byUse.Remove(node);
        }
    }

    public void Clear()
    {
        _byName.Clear();
        _byUse.Clear();
    }
}
