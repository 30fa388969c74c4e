using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using PamTui.Core.Model;

namespace PamTui.Settings;

/// <summary>
/// appsettings.json beside the program, then the folder's own (or --config), then PAMTUI__Section__Key. Strict: a key nobody
/// knows, a value of another type or out of range is a refusal with the key's name.
/// </summary>
internal static class SettingsReader
{
    public const string FileName = "appsettings.json";

    private const string EnvironmentPrefix = "PAMTUI__";
    private const int MaxFileBytes = 1024 * 1024;

    /// <param name="shipped">The defaults' file.</param>
    /// <param name="own">The operator's file, or null; it must be there when <paramref name="ownIsRequired"/>.</param>
    public static Result<AppSettings> Read(string shipped, string? own, bool ownIsRequired, IReadOnlyDictionary<string, string> environment)
    {
        ConfigurationBuilder builder = new();
        foreach ((string? file, bool required) in new[] { (shipped, false), (own, ownIsRequired) })
        {
            if (file is null || (!required && !File.Exists(file)))
            {
                continue;
            }

            if (!File.Exists(file))
            {
                return Refusal.NotFound($"The settings file {Text.Quote(file)} is not there.");
            }

            if (new FileInfo(file).Length > MaxFileBytes)
            {
                return Refusal.Invalid($"The settings file {Text.Quote(file)} has more than {MaxFileBytes} bytes.");
            }

            builder.AddJsonStream(new MemoryStream(File.ReadAllBytes(file)));
            try
            {
                // Each file alone first: the sentence then names it.
                new ConfigurationBuilder().AddJsonStream(new MemoryStream(File.ReadAllBytes(file))).Build();
            }
            catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or InvalidDataException)
            {
                return Refusal.Invalid($"The settings file {Text.Quote(file)} is not sound JSON: {Text.Escape((e.InnerException ?? e).Message)}");
            }
        }

        builder.AddInMemoryCollection(environment
            .Where(pair => pair.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            .Select(pair => KeyValuePair.Create(pair.Key[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)));
        return Bind(builder.Build());
    }

    private static Result<AppSettings> Bind(IConfigurationRoot root)
    {
        if (UnknownKey(root, typeof(AppSettings)) is { } unknown)
        {
            return Refusal.Invalid($"There is no setting {Text.Quote(unknown)}: see docs/operating.md for all there are.", unknown);
        }

        AppSettings settings;
        try
        {
            settings = root.Get<AppSettings>() ?? new AppSettings();
        }
        catch (InvalidOperationException e)
        {
            return Refusal.Invalid($"A setting has a value of the wrong kind: {Text.Escape(e.Message)}");
        }

        return OutOfRange(settings, "") is { } refusal ? refusal : settings;
    }

    private static string? UnknownKey(IConfiguration section, Type type)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo? property = type.GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null or { SetMethod: null })
            {
                return child.Path;
            }

            if (IsSection(property.PropertyType))
            {
                if (child.Value is { Length: > 0 } || UnknownKey(child, property.PropertyType) is { })
                {
                    return child.Value is { Length: > 0 } ? child.Path : UnknownKey(child, property.PropertyType);
                }
            }
            else if (!typeof(IEnumerable).IsAssignableFrom(property.PropertyType) || property.PropertyType == typeof(string))
            {
                if (child.GetChildren().FirstOrDefault() is { } below)
                {
                    return below.Path;
                }
            }
        }

        return null;
    }

    private static Refusal? OutOfRange(object section, string path)
    {
        List<ValidationResult> faults = [];
        if (!Validator.TryValidateObject(section, new ValidationContext(section), faults, validateAllProperties: true))
        {
            string name = path + (faults[0].MemberNames.FirstOrDefault() ?? "");
            return Refusal.Invalid($"The setting {name} is out of range: {Text.Escape(faults[0].ErrorMessage ?? "")}", name);
        }

        foreach (PropertyInfo property in section.GetType().GetProperties().Where(p => IsSection(p.PropertyType)))
        {
            if (property.GetValue(section) is { } below && OutOfRange(below, path + property.Name + ":") is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static bool IsSection(Type type) =>
        type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type) && type.Namespace?.StartsWith("PamTui", StringComparison.Ordinal) == true;
}
