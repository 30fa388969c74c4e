namespace PamTui.Core.Storage;

/// <summary>The parameters of a statement put together from parts: every value goes through here, none into the text.</summary>
internal sealed class SqlArgs
{
    private readonly Dictionary<string, object> _values = [];

    /// <summary>For <see cref="Tx"/>.</summary>
    public IReadOnlyDictionary<string, object> Values => _values;

    /// <summary>The parameter's name, "@p1".</summary>
    public string Add(object value)
    {
        string name = "@p" + (_values.Count + 1);
        _values.Add(name, value);
        return name;
    }
}
