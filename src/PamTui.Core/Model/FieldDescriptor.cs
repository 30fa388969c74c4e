namespace PamTui.Core.Model;

public enum FieldInput
{
    Line,
    Number,
    Choice,
    Lines,
    Flag,
}

/// <summary>One field of a resource or an account: the form, the command line's help and the errors are made from it.</summary>
/// <param name="Name">Its name in refusals and --json ("privateKey"); the option is the same in kebab case.</param>
/// <param name="ShownWhen">Shown and asked for only when this says yes of the values given so far.</param>
/// <param name="Choices">The words of a <see cref="FieldInput.Choice"/>.</param>
public sealed record FieldDescriptor(
    string Name,
    string Label,
    string Help,
    FieldInput Input = FieldInput.Line,
    bool Required = false,
    bool Secret = false,
    string Default = "",
    int MaxLength = 255,
    IReadOnlyList<string>? Choices = null,
    Func<FieldValues, bool>? ShownWhen = null)
{
    public bool IsShown(FieldValues values) => ShownWhen?.Invoke(values) ?? true;
}

/// <summary>Values by field name, as typed; what is not there is empty.</summary>
public sealed class FieldValues(IReadOnlyDictionary<string, string> values)
{
    public string this[string field] => values.TryGetValue(field, out string? value) ? value : "";
}
