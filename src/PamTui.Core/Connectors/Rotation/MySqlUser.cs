using System.Text.RegularExpressions;
using MySqlConnector;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>Which user@host of the server an account is, and how it signs in there.</summary>
/// <param name="Host">The host part that let the account in: each is a user of its own, with a password of its own.</param>
/// <param name="Plugin">Of its password.</param>
/// <param name="Alone">There is no other way for this user to sign in.</param>
internal sealed partial record MySqlUser(string Name, string Host, string Plugin, bool Alone)
{
    public const string NativePlugin = "mysql_native_password";

    public const string CachingSha2Plugin = "caching_sha2_password";

    /// <summary>MariaDB's alone.</summary>
    public const string Ed25519Plugin = "ed25519";

    private const string Way = "'?(?<plugin>[a-zA-Z0-9_]{1,64})'?( (USING|AS) ('[^']*'|0x[0-9A-Fa-f]*))?";

    private const string ByPasswordHash = "IDENTIFIED BY PASSWORD ";

    private const string FurtherFactor = " AND IDENTIFIED ";

    /// <summary>Quoted by the library, and so that no setting of the server changes what the quotes mean.</summary>
    public string Quoted => Quote(Name) + "@" + Quote(Host);

    /// <summary>The user that this session signed in as.</summary>
    public static async Task<MySqlUser?> OfSessionAsync(MySqlSession session, CancellationToken ct)
    {
        string current = await session.ScalarAsync("SELECT CURRENT_USER()", ct).ConfigureAwait(false);
        int at = current.LastIndexOf('@');
        return at <= 0 ? null : Read(current[..at], current[(at + 1)..], await session.ScalarAsync("SHOW CREATE USER CURRENT_USER()", ct).ConfigureAwait(false));
    }

    /// <summary>By the name alone: null unless there is exactly one host part.</summary>
    public static async Task<MySqlUser?> ByNameAsync(MySqlSession session, string name, CancellationToken ct)
    {
        List<string> hosts = [];
        MySqlCommand command = new("SELECT host FROM mysql.user WHERE user = @name LIMIT 2", session.Connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("@name", name);
            MySqlDataReader rows = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                while (await rows.ReadAsync(ct).ConfigureAwait(false))
                {
                    hosts.Add(rows.GetString(0));
                }
            }
        }

        return hosts.Count == 1
            ? Read(name, hosts[0], await session.ScalarAsync($"SHOW CREATE USER {Quote(name)}@{Quote(hosts[0])}", ct).ConfigureAwait(false))
            : null;
    }

    // MariaDB: IDENTIFIED BY PASSWORD '…' (native), VIA plugin [USING '…'] [OR plugin …]. MySQL: IDENTIFIED WITH 'plugin' [AS '…'].
    private static MySqlUser? Read(string name, string host, string statement)
    {
        if (statement.Contains(ByPasswordHash, StringComparison.Ordinal))
        {
            return new MySqlUser(name, host, NativePlugin, Alone: true);
        }

        Match match = Identified().Match(statement);
        if (!match.Success)
        {
            return null;
        }

        CaptureCollection plugins = match.Groups["plugin"].Captures;
        string plugin = plugins.Any(one => one.Value == NativePlugin) ? NativePlugin : plugins[0].Value;
        return new MySqlUser(name, host, plugin, Alone: plugins.Count == 1 && !statement.Contains(FurtherFactor, StringComparison.Ordinal));
    }

    private static string Quote(string name) => new MySqlCommandBuilder().QuoteIdentifier(name);

    [GeneratedRegex(" IDENTIFIED (VIA|WITH) " + Way + "( OR " + Way + "){0,7}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Identified();
}
