using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace PamTui.Core.Model;

/// <summary>
/// Ranges and other annotations of an options record, held one property at a time: the framework's Validator asks for a type's descriptors
/// first, which the start of a program should not wait for.
/// </summary>
public static class Annotations
{
    /// <summary>The first property whose value its annotations forbid, and why; null: all are fine.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Types of this program are kept whole: TrimmerRootAssembly in PamTui.csproj.")]
    public static (string Property, string Why)? Broken(object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.IsDefined(typeof(ValidationAttribute), inherit: true) && Broken(property, property.GetValue(options)) is { } why)
            {
                return (property.Name, why);
            }
        }

        return null;
    }

    /// <summary>Why the property may not have that value; null: it may.</summary>
    public static string? Broken(PropertyInfo property, object? value) =>
        property.GetCustomAttributes<ValidationAttribute>(inherit: true).FirstOrDefault(annotation => !annotation.IsValid(value))?.FormatErrorMessage(property.Name);
}
