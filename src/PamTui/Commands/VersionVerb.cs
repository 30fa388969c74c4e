using System.Reflection;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class VersionVerb
{
    public static string Version { get; } =
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

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
