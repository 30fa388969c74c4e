using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using PamTui.Core.Model;

namespace PamTui.Settings;

/// <summary>Makes an options record from JSON: every key must be one of its properties, every value must fit what the property is and its annotations; the defaults do.</summary>
internal static class SettingsBinder
{
    private const string Kept = "Types of this program are kept whole: TrimmerRootAssembly in PamTui.csproj.";

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = Kept)]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
    public static Result<object> Bind(Type type, JsonObject section, string path)
    {
        object options = Activator.CreateInstance(type) ?? throw new InvalidOperationException(type.Name);
        foreach ((string name, JsonNode? value) in section)
        {
            string key = path + name;
            PropertyInfo? property = type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is not { SetMethod.IsPublic: true })
            {
                return Refusal.Invalid($"There is no setting {Text.Quote(key)}: docs/operating.md has the list.", key);
            }

            Result<object> read = Read(property.PropertyType, value, path + property.Name);
            if (read.Refusal is { } refusal)
            {
                return refusal;
            }

            if (Annotations.Broken(property, read.Value) is { } why)
            {
                return Refusal.Invalid($"The setting {path}{property.Name} is out of range: {Text.Escape(why)}", path + property.Name);
            }

            property.SetValue(options, read.Value);
        }

        return options;
    }

    private static Result<object> Read(Type type, JsonNode? node, string key)
    {
        if (type == typeof(IReadOnlyList<string>))
        {
            return ReadList(node, key);
        }

        if (type.IsClass && type != typeof(string))
        {
            return node is JsonObject below ? Bind(type, below, key + ":") : Refusal.Invalid($"The setting {key} is a section: give its keys.", key);
        }

        if (node is JsonObject section)
        {
            string unknown = section.Select(pair => key + ":" + pair.Key).FirstOrDefault() ?? key;
            return Refusal.Invalid($"There is no setting {Text.Quote(unknown)}: docs/operating.md has the list.", unknown);
        }

        // The environment has only texts; a file may say true and 7 as JSON does.
        JsonValueKind kind = node?.GetValueKind() ?? JsonValueKind.Null;
        string text = kind switch
        {
            JsonValueKind.String => node!.GetValue<string>(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => node!.ToJsonString(),
            _ => "",
        };
        if (type == typeof(string) && kind == JsonValueKind.String)
        {
            return Result.Ok<object>(text);
        }

        if (type == typeof(bool) && bool.TryParse(text, out bool flag))
        {
            return Result.Ok<object>(flag);
        }

        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return Result.Ok<object>(number);
        }

        if (type.IsEnum && Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word)
        {
            return Result.Ok(Enum.Parse(type, word));
        }

        string wanted = type == typeof(bool) ? "true or false" : type == typeof(int) ? "a whole number" : type.IsEnum ? string.Join(", ", Enum.GetNames(type)) : "text";
        return Refusal.Invalid($"The setting {key} takes {wanted}, not {Text.Escape(node?.ToJsonString() ?? "null")}.", key);
    }

    private static Result<object> ReadList(JsonNode? node, string key)
    {
        // PAMTUI__Section__Key__0, __1, … of the environment come as an object.
        JsonNode?[]? items = node switch
        {
            JsonArray array => [.. array],
            JsonObject numbered when numbered.All(pair => int.TryParse(pair.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) =>
                [.. numbered.OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => pair.Value)],
            _ => null,
        };
        return items is not null && items.All(item => item?.GetValueKind() == JsonValueKind.String)
            ? Result.Ok<object>((string[])[.. items.Select(item => item!.GetValue<string>())])
            : Refusal.Invalid($"The setting {key} takes a list of texts.", key);
    }
}
