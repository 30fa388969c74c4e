using Dapper;

namespace PamTui.Core.Storage;

/// <summary>The parameters of a statement put together from parts: every value goes through here, none into the text.</summary>
internal sealed class SqlArgs
{
    private int _count;

    public DynamicParameters Values { get; } = new();

    /// <summary>The parameter's name, "@p1".</summary>
    public string Add(object value)
    {
        string name = "@p" + ++_count;
        Values.Add(name, value);
        return name;
    }
}
