using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// What a session begins with upstream: the account's user, and of the client's wishes the database and the settings on a list, each of which
/// it could set afterwards as well (G7). The user it names says nothing.
/// </summary>
internal sealed record StartupTerms(IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    private const string ReadOnlySetting = "default_transaction_read_only";

    private static readonly HashSet<string> s_settings = new(StringComparer.OrdinalIgnoreCase)
    {
        "application_name",
        "bytea_output",
        "client_encoding",
        "client_min_messages",
        "DateStyle",
        "default_transaction_isolation",
        "extra_float_digits",
        "geqo",
        "idle_in_transaction_session_timeout",
        "idle_session_timeout",
        "IntervalStyle",
        "jit",
        "lock_timeout",
        "search_path",
        "statement_timeout",
        "TimeZone",
    };

    public static Result<StartupTerms> Of(StartupPacket packet, Resource resource, string username, bool readOnly)
    {
        string? user = null;
        string? database = null;
        Dictionary<string, string> settings = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> options = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in packet.Settings)
        {
            switch (name)
            {
                case "user":
                    user = value;
                    break;
                case "database":
                    database = value;
                    break;
                case "replication" when IsOff(value):
                    break;
                case "replication":
                    return Refusal.Failed("replication is not to be had through the gateway; connect without the start-up parameter 'replication'.");
                case "options":
                    if (StartupOptions.Parse(value, options) is { } wrong)
                    {
                        return wrong;
                    }

                    break;
                default:
                    settings[name] = value;
                    break;
            }
        }

        // As with the server, a parameter of its own beats one among the options.
        foreach ((string name, string value) in options)
        {
            settings.TryAdd(name, value);
        }

        if (settings.Keys.FirstOrDefault(name => !s_settings.Contains(name)) is { } unknown)
        {
            return Refusal.Failed($"the start-up parameter {Text.Quote(unknown)} is not passed on; leave it out, and SET it in the session.");
        }

        if (readOnly)
        {
            if (settings.TryGetValue("client_encoding", out string? encoding) && !ReadOnlyRule.IsSafeEncoding(encoding))
            {
                return Refusal.Failed($"the client encoding {Text.Quote(encoding)} is not to be had with a grant that is read-only; use UTF8.");
            }

            settings[ReadOnlySetting] = "on";
            settings["standard_conforming_strings"] = "on";
        }

        return new StartupTerms([
            new("user", username), new("database", DatabaseOf(user, database, resource)), .. settings]);
    }

    /// <summary>A client that was told no database names its user, as the server would; here the user says nothing, and the resource has a database.</summary>
    private static string DatabaseOf(string? user, string? database, Resource resource) =>
        string.IsNullOrEmpty(database) || database == user ? resource.Database ?? "postgres" : database;

    private static bool IsOff(string value) => value.ToLower(CultureInfo.InvariantCulture) is "false" or "off" or "no" or "0" or "f" or "n";
}
