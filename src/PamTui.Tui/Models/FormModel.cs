using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>One field of a form: its descriptor, what is typed, what is wrong with it.</summary>
internal sealed class FormField(FieldDescriptor descriptor, bool isFixed) : IDisposable
{
    public FieldDescriptor Descriptor => descriptor;

    /// <summary>Shown, not changed: a name, a kind.</summary>
    public bool IsFixed => isFixed;

    public LineEditor Editor { get; } = new(descriptor.MaxLength, descriptor.Input == FieldInput.Lines);

    public string Error { get; set; } = "";

    /// <summary>How what is typed may go on; null: nobody knows.</summary>
    public Completion? Completion { get; init; }

    /// <summary>Shown while the field is empty and not in use.</summary>
    public string Placeholder { get; init; } = "";

    public void Dispose() => Editor.Dispose();
}

/// <summary>A form made from the table of fields: what is shown, what is typed, what is wrong. Zeroes its secrets when disposed.</summary>
internal sealed class FormModel : IDisposable
{
    private readonly IReadOnlyDictionary<string, string> _given;

    /// <param name="given">Values that no field of this form holds ("kind" of an account's resource).</param>
    public FormModel(IReadOnlyList<FormField> fields, IReadOnlyDictionary<string, string>? given = null)
    {
        Fields = fields;
        _given = given ?? new Dictionary<string, string>();
        foreach (FormField field in fields.Where(field => field.Editor.Length == 0))
        {
            field.Editor.Set(field.Descriptor.Default);
        }
    }

    public event Action? Changed;

    public IReadOnlyList<FormField> Fields { get; }

    /// <summary>Something was typed since the form was opened.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>What no field can be blamed for.</summary>
    public string Error { get; private set; } = "";

    public IEnumerable<FormField> Shown
    {
        get
        {
            FieldValues values = Values;
            return Fields.Where(shown => shown.Descriptor.IsShown(values));
        }
    }

    /// <summary>What is typed, the secrets left out.</summary>
    private FieldValues Values
    {
        get
        {
            Dictionary<string, string> values = new(_given, StringComparer.Ordinal);
            foreach (FormField open in Fields.Where(any => !any.Descriptor.Secret))
            {
                values[open.Descriptor.Name] = open.Editor.Text;
            }

            return new FieldValues(values);
        }
    }

    /// <summary>The text of a field that is shown; empty for one that is not.</summary>
    public string this[string name] => Find(name) is { } field ? field.Editor.Text : "";

    /// <summary>The secret typed into a shown field; null when it is empty.</summary>
    public Secret? SecretOf(string name) => Find(name) is { Editor.Length: > 0 } field ? Secret.FromText(field.Editor.Chars) : null;

    /// <summary>What was typed or chosen, by field name; never a secret, nor what is only shown.</summary>
    public Dictionary<string, string> Typed => Fields
        .Where(one => one is { IsFixed: false, Descriptor.Secret: false })
        .ToDictionary(one => one.Descriptor.Name, one => one.Editor.Text, StringComparer.Ordinal);

    /// <summary>Puts back what <see cref="Typed"/> once said; what is no value of a field is left out.</summary>
    public void Fill(IReadOnlyDictionary<string, string> values)
    {
        foreach (FormField field in Fields.Where(field => field is { IsFixed: false, Descriptor.Secret: false }))
        {
            if (values.TryGetValue(field.Descriptor.Name, out string? value) && (field.Descriptor.Choices is not { } choices || choices.Contains(value)))
            {
                field.Editor.Set(value);
            }
        }

        IsTouched = true;
        Changed?.Invoke();
    }

    public void Touch(FormField field)
    {
        IsTouched = true;
        field.Error = "";
        Error = "";
        Changed?.Invoke();
    }

    /// <summary>False when something is missing; it is marked.</summary>
    public bool CheckRequired()
    {
        ClearErrors();
        foreach (FormField field in Shown.Where(field => field.Descriptor.Required && field.Editor.Length == 0))
        {
            field.Error = field.Descriptor.Label + " is missing.";
        }

        Changed?.Invoke();
        return Shown.All(field => field.Error.Length == 0);
    }

    /// <summary>Beside the field it is about, else below the form.</summary>
    public void Show(Refusal refusal)
    {
        ClearErrors();
        if (refusal.Field is { } name && Find(name) is { } field)
        {
            field.Error = refusal.Message;
        }
        else
        {
            Error = refusal.Message;
        }

        Changed?.Invoke();
    }

    public void ClearErrors()
    {
        Error = "";
        foreach (FormField field in Fields)
        {
            field.Error = "";
        }
    }

    public void Dispose()
    {
        foreach (FormField field in Fields)
        {
            field.Dispose();
        }
    }

    private FormField? Find(string name) => Shown.FirstOrDefault(field => field.Descriptor.Name == name);
}
