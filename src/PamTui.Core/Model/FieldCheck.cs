namespace PamTui.Core.Model;

/// <summary>A value held against its field descriptor: length, required, one line where one line is asked for.</summary>
internal static class FieldCheck
{
    /// <summary>Null when it is good.</summary>
    public static Refusal? Of(FieldDescriptor field, string value)
    {
        if (field.Required && value.Length == 0)
        {
            return Refusal.Invalid($"{field.Label} is missing.", field.Name);
        }

        if (value.Length > field.MaxLength)
        {
            return Refusal.Invalid($"{field.Label} has more than {field.MaxLength} characters.", field.Name);
        }

        return field.Input != FieldInput.Lines && value.Any(char.IsControl)
            ? Refusal.Invalid($"{field.Label} holds a control character.", field.Name)
            : null;
    }

    public static PageRequest Bounded(PageRequest page) => new(Math.Max(0, page.Offset), Math.Clamp(page.Limit, 1, PageRequest.MaxLimit));
}
