using System.Text.Json;
using System.Text.Json.Nodes;
using PamTui.Core.Model;

namespace PamTui.Settings;

/// <summary>
/// appsettings.json beside the program, then the folder's own (or --config), then PAMTUI__Section__Key. A later one replaces single
/// keys, a list as a whole. Strict: a key nobody knows or a value that does not fit is a refusal with the key's name.
/// </summary>
internal static class SettingsReader
{
    public const string FileName = "appsettings.json";

    private const string EnvironmentPrefix = "PAMTUI__";
    private const int MaxFileBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions s_json = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    /// <param name="shipped">The defaults' file.</param>
    /// <param name="own">The operator's file, or null; it must be there when <paramref name="ownIsRequired"/>.</param>
    public static Result<AppSettings> Read(string shipped, string? own, bool ownIsRequired, IReadOnlyDictionary<string, string> environment)
    {
        JsonObject merged = [];
        foreach ((string? file, bool required) in new[] { (shipped, false), (own, ownIsRequired) })
        {
            if (file is null || (!required && !File.Exists(file)))
            {
                continue;
            }

            Result<JsonObject> layer = ReadFile(file);
            if (layer.Refusal is { } refusal)
            {
                return refusal;
            }

            Merge(merged, layer.Value);
        }

        Merge(merged, FromEnvironment(environment));
        Result<object> bound = SettingsBinder.Bind(typeof(AppSettings), merged, "");
        return bound.Refusal is { } wrong ? wrong : (AppSettings)bound.Value;
    }

    private static Result<JsonObject> ReadFile(string file)
    {
        if (!File.Exists(file))
        {
            return Refusal.NotFound($"The settings file {Text.Quote(file)} is not there.");
        }

        if (new FileInfo(file).Length > MaxFileBytes)
        {
            return Refusal.Invalid($"The settings file {Text.Quote(file)} has more than {MaxFileBytes} bytes.");
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file), documentOptions: s_json) is JsonObject content
                ? content
                : Refusal.Invalid($"The settings file {Text.Quote(file)} holds no JSON object.");
        }
        catch (JsonException e)
        {
            return Refusal.Invalid($"The settings file {Text.Quote(file)} is not sound JSON: {Text.Escape(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.Failed($"The settings file {Text.Quote(file)} cannot be read: {Text.Escape(e.Message)}");
        }
    }

    private static JsonObject FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        JsonObject root = [];
        foreach ((string name, string value) in environment.Where(pair => pair.Key.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            string[] path = name[EnvironmentPrefix.Length..].Split("__");
            JsonObject at = root;
            foreach (string section in path[..^1])
            {
                if (at[KeyIn(at, section)] is not JsonObject below)
                {
                    below = [];
                    at[KeyIn(at, section)] = below;
                }

                at = below;
            }

            at[KeyIn(at, path[^1])] = value;
        }

        return root;
    }

    private static void Merge(JsonObject into, JsonObject layer)
    {
        foreach ((string name, JsonNode? value) in layer)
        {
            string key = KeyIn(into, name);
            if (value is JsonObject section && into[key] is JsonObject below)
            {
                Merge(below, section);
            }
            else
            {
                into[key] = value?.DeepClone();
            }
        }
    }

    // The same key in another case is the same key.
    private static string KeyIn(JsonObject section, string name) =>
        section.Select(pair => pair.Key).FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) ?? name;
}
