using System.Reflection;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class VersionVerb
{
    private static readonly string[] s_parts =
        (typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+');

    public static string Version { get; } = s_parts[0];

    /// <summary>With what it was built from, as far as that is known: "0.1.0, build 1a2b3c4d".</summary>
    public static string WithBuild { get; } = s_parts is [var version, { Length: > 0 } commit] ? $"{version}, build {commit[..Math.Min(8, commit.Length)]}" : Version;

    public static Verb Build(CommandContext context)
    {
        Verb verb = new("version", "Print the version", "version --json");
        verb.Runs(context, run =>
        {
            if (run.Json)
            {
                run.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("version", Version);
                    json.WriteEndObject();
                });
            }
            else
            {
                run.Out.WriteLine("pamtui " + Version);
            }

            return default(Done);
        });
        return verb;
    }
}
