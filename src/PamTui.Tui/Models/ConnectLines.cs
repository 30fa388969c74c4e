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

    private string Login(Account account, bool full) =>
        account.Alias is { } alias && !full ? $"{_user}@{alias}" : $"{_user}@{account.Name}@{account.Resource}";
}
