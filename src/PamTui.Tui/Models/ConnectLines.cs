using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>Commands that bring a person to an account from his own machine.</summary>
internal sealed class ConnectLines(ShellOptions options, Actor actor)
{
    private readonly string _user = options.SignInName.Length > 0 ? options.SignInName : actor.UserId is null ? "YOU" : actor.Name;

    /// <summary>`ssh` lines, the shortest first.</summary>
    public IReadOnlyList<string> Ssh(Account account)
    {
        string port = options.GatewayPort == 22 ? "" : $" -p {options.GatewayPort}";
        string full = $"ssh{port} {Login(account, full: true)}@{options.GatewayHost}";
        return account.Alias is null ? [full] : [$"ssh{port} {Login(account, full: false)}@{options.GatewayHost}", full];
    }

    /// <summary>Copies a file there; sftp and rsync take the same host and port.</summary>
    public string Scp(Account account) =>
        $"scp{(options.GatewayPort == 22 ? "" : $" -P {options.GatewayPort}")} FILE {Login(account, full: account.Alias is null)}@{options.GatewayHost}:";

    /// <summary>An entry of ~/.ssh/config, after which the account is a host like any other.</summary>
    public string Config(Account account) =>
        $"Host {account.Alias ?? $"{account.Resource}-{account.Name}"}\n    HostName {options.GatewayHost}\n    Port {options.GatewayPort}\n    User {Login(account, full: account.Alias is null)}\n";

    /// <summary>A host key of the gateway as its line of a known_hosts file.</summary>
    /// <param name="key">"type base64".</param>
    public string KnownHosts(string key) => $"{(options.GatewayPort == 22 ? options.GatewayHost : $"[{options.GatewayHost}]:{options.GatewayPort}")} {key}";

    private string Login(Account account, bool full) =>
        account.Alias is { } alias && !full ? $"{_user}@{alias}" : $"{_user}@{account.Name}@{account.Resource}";
}
