namespace PamTui.Tui.Models;

/// <summary>What the screens are called that others lead to.</summary>
internal static class PlaceName
{
    public const string Account = "account";
    public const string Accounts = "accounts";
    public const string Resource = "resource";
}
