using PamTui.Core.Model;

namespace PamTui.Gateway.Login;

/// <summary>
/// login = user [ sep account [ sep resource ] ], sep = '@' or '+', one kind in a login (design 3). No name can hold either, so it splits
/// one way only, and what is not exactly that (NUL, upper case, look-alike letters, one name too many) is nobody's name (B18, F6).
/// </summary>
/// <param name="Account">An account's name or an alias; null: the console.</param>
internal sealed record LoginName(string User, string? Account = null, string? Resource = null)
{
    private const int MaxLength = (3 * Names.MaxLength) + 2;

    public static LoginName? Parse(string login)
    {
        if (login.Length > MaxLength)
        {
            return null;
        }

        string[] parts = login.Split(login.Contains('+', StringComparison.Ordinal) ? '+' : '@');
        return parts.Length <= 3 && Array.TrueForAll(parts, Names.IsValid)
            ? new LoginName(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2))
            : null;
    }

    public override string ToString() => Format('@');

    public string Format(char separator) => string.Join(separator, new[] { User, Account, Resource }.Where(part => part is not null));
}
