using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>Commands that bring a person to an account from his own machine.</summary>
internal sealed class ConnectLines(ShellOptions options, Actor actor)
{
    // Beside the usual ports, which a server of one's own may have.
    private const int LocalPostgreSql = 15432;
    private const int LocalMySql = 13306;

    // What stands behind the name of each program.
    private readonly string _settings = options.SshSettings.Length == 0 ? "" : " -F " + ShellWord(options.SshSettings);

    private readonly string _user = options.SignInName.Length > 0 ? options.SignInName : actor.UserId is null ? "YOU" : actor.Name;

    /// <summary>`ssh` lines, the shortest first; none for a database.</summary>
    public IReadOnlyList<string> Ssh(Account account)
    {
        if (account.Kind != ResourceKind.Linux)
        {
            return [];
        }

        string port = options.GatewayPort == 22 ? "" : $" -p {options.GatewayPort}";
        string full = $"ssh{_settings}{port} {Login(account, full: true)}@{options.GatewayHost}";
        return account.Alias is null ? [full] : [$"ssh{_settings}{port} {Login(account, full: false)}@{options.GatewayHost}", full];
    }

    /// <summary>Copies a file there; sftp and rsync take the same host and port.</summary>
    public string Scp(Account account) =>
        $"scp{_settings}{(options.GatewayPort == 22 ? "" : $" -P {options.GatewayPort}")} FILE {Login(account, full: account.Alias is null)}@{options.GatewayHost}:";

    /// <summary>An entry of ~/.ssh/config, after which the account is a host like any other.</summary>
    public string Config(Account account) =>
        $"Host {account.Alias ?? $"{account.Resource}-{account.Name}"}\n    HostName {options.GatewayHost}\n    Port {options.GatewayPort}\n    User {Login(account, full: account.Alias is null)}\n"
        + (options.SshSettings.Length == 0 ? "" : $"    Include {ShellWord(options.SshSettings)}\n");

    /// <summary>A host key of the gateway as its line of a known_hosts file.</summary>
    /// <param name="key">"type base64".</param>
    public string KnownHosts(string key) => $"{(options.GatewayPort == 22 ? options.GatewayHost : $"[{options.GatewayHost}]:{options.GatewayPort}")} {key}";

    /// <summary>All of them, with what each is for. Those of a database are two: a tunnel, and a client at its end.</summary>
    /// <param name="resource">Null: its database is not known (yet).</param>
    public IReadOnlyList<ReadyLine> Ready(Account account, Resource? resource)
    {
        List<(string For, string Text)> lines = [];
        if (account.Kind == ResourceKind.Linux)
        {
            lines.AddRange(Ssh(account).Select(line => ("ssh", line)));
            lines.Add(("scp", Scp(account)));
            lines.Add(("ssh_config", Config(account)));
        }
        else if (account.Kind == ResourceKind.PostgreSql)
        {
            lines.AddRange([("tunnel", Tunnel(account, LocalPostgreSql, 5432)), ("psql", Psql(resource))]);
        }
        else
        {
            lines.AddRange([("tunnel", Tunnel(account, LocalMySql, 3306)), ("mysql", MySql(resource))]);
        }

        return [.. lines.Select((line, number) => new ReadyLine(number, line.For, line.Text))];
    }

    /// <summary>A local port that speaks the database's protocol and asks for no password.</summary>
    private string Tunnel(Account account, int local, int remote) =>
        $"ssh{_settings}{(options.GatewayPort == 22 ? "" : $" -p {options.GatewayPort}")} -N -L {local}:{account.Alias ?? $"{account.Name}@{account.Resource}"}:{remote} {_user}@{options.GatewayHost}";

    private static string Psql(Resource? resource) =>
        "psql " + ShellWord($"host=127.0.0.1 port={LocalPostgreSql}{(resource?.Database is { } name ? " dbname=" + Quoted(name) : "")}");

    private static string MySql(Resource? resource) =>
        $"mysql -h 127.0.0.1 -P {LocalMySql}{(resource?.Database is { } name ? " -D " + ShellWord(name) : "")}";

    // A value of a libpq connection string.
    private static string Quoted(string value) => value.All(IsPlain)
        ? value
        : "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    // Names on a target are not ours: nothing of them may be a word of the shell.
    private static string ShellWord(string text) => text.Length > 0 && text[0] != '-' && text.All(IsPlain) ? text : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '/';

    private string Login(Account account, bool full) =>
        account.Alias is { } alias && !full ? $"{_user}@{alias}" : $"{_user}@{account.Name}@{account.Resource}";
}
