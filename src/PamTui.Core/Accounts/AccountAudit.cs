using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>What the audit says about an account: every field that changed, never a secret.</summary>
internal static class AccountAudit
{
    public static string Added(Account account) => AuditDetails.Of(
        ("username", account.Username),
        ("credential", Words.Of(account.Credential)),
        ("alias", account.Alias),
        ("privilege", Filled(account.Privilege)),
        ("metadata", Shown(account.Metadata)),
        ("check", Words.Of(account.CheckState)));

    public static string Edited(Account old, Account edited, bool credential) => AuditDetails.Of(
        ("username", old.Username == edited.Username ? null : edited.Username),
        ("credential", credential ? "replaced" : null),
        ("alias", old.Alias == edited.Alias ? null : edited.Alias ?? ""),
        ("privilege", old.Privilege == edited.Privilege ? null : edited.Privilege),
        ("description", old.Description == edited.Description ? null : "changed"),
        ("metadata", old.Metadata.Equals(edited.Metadata) ? null : Shown(edited.Metadata) ?? ""),
        ("passwords", old.Passwords == edited.Passwords ? null : "changed"),
        ("check", old.CheckState == edited.CheckState ? null : Words.Of(edited.CheckState)));

    public static string Removed(Account account, long grants) => AuditDetails.Of(
        ("username", account.Username),
        ("alias", account.Alias),
        ("grants", grants.ToString(CultureInfo.InvariantCulture)));

    public static string Checked(CheckReport report) => AuditDetails.Of(
        ("result", report.Passed ? "passed" : "failed"),
        ("stage", report.Failure?.Stage.ToString()),
        ("cause", report.Failure?.Cause.ToString()),
        ("ms", ((long)report.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)));

    private static string? Filled(string text) => text.Length == 0 ? null : text;

    private static string? Shown(Metadata metadata) => metadata.Count == 0 ? null : string.Join(' ', metadata.Select(pair => pair.Key + "=" + pair.Value));
}
