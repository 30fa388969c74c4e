using PamTui.Core.Model;

namespace PamTui.Core.Authorities;

/// <summary>How a sign-in with a certificate by a certain key of the CA went.</summary>
public sealed record TriedAccount(AccountRef Account, CheckReport Report)
{
    private const int MaxNamed = 10;

    /// <summary>Which of them do not sign in by the key; null: all do.</summary>
    public static Refusal? WhyNot(IReadOnlyList<TriedAccount> tried)
    {
        List<string> failed = [.. tried.Where(one => !one.Report.Passed).Select(one => one.Account.ToString())];
        string more = failed.Count > MaxNamed ? ", …" : "";
        return failed.Count == 0 ? null : Refusal.Failed($"{failed.Count} of {tried.Count} accounts do not sign in by this key: {string.Join(", ", failed.Take(MaxNamed))}{more}.");
    }
}
