using PamTui.Core.Model;

namespace PamTui.Gateway.Jump;

/// <summary>
/// What stands as host in `ssh -J alice@gw HOST`: one name (an alias, an account, or the resource of the account that the inner login names:
/// `root@web-1`), or an account and its resource in one word, `root+web-1`. A final ".pam" is there for patterns like `Host *.pam` and is taken
/// off, once. No name can hold a separator, so a host reads one way only; whatever else stands there is nobody's name.
/// </summary>
/// <param name="Account">Null: the host is one name.</param>
internal sealed record JumpName(string Host, string? Account = null)
{
    public const string Suffix = ".pam";

    private static readonly int s_maxLength = (2 * Names.MaxLength) + 1 + Suffix.Length;

    public static JumpName? Parse(string host)
    {
        if (host.Length > s_maxLength)
        {
            return null;
        }

        string name = host.EndsWith(Suffix, StringComparison.Ordinal) ? host[..^Suffix.Length] : host;
        string[] parts = name.Split(name.Contains('+', StringComparison.Ordinal) ? '+' : '@');
        return parts.Length <= 2 && Array.TrueForAll(parts, Names.IsValid)
            ? new JumpName(parts[^1], parts.Length == 2 ? parts[0] : null)
            : null;
    }

    public override string ToString() => Account is null ? Host : Format(new AccountRef(Host, Account));

    /// <summary>The host that means exactly this account.</summary>
    public static string Format(AccountRef account) =>
        account.Account + "+" + account.Resource + (account.Resource.EndsWith(Suffix, StringComparison.Ordinal) ? Suffix : "");
}
