using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>What a filter is asked about: accounts "a" or resources "r". Its fields win over metadata keys of the same name.</summary>
internal sealed record FilterSubject(string OwnerKind, string Alias, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Searched)
{
    public static FilterSubject Account { get; } = new(
        "account",
        "a",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "a.name",
            ["resource"] = "a.resource",
            ["kind"] = "a.kind",
            ["username"] = "a.username",
            ["alias"] = "a.alias",
            ["privilege"] = "a.privilege",
            ["description"] = "a.description",
            ["credential"] = "a.credential",
            ["checkState"] = "a.check_state",
            ["health"] = "a.health",
            ["rotation"] = "a.rotation_state",
        },
        ["a.name", "a.alias", "a.resource", "a.username", "a.description"])
    {
        AccountName = ("a.resource", "a.name"),
    };

    public static FilterSubject Resource { get; } = new(
        "resource",
        "r",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "r.name",
            ["resource"] = "r.name",
            ["kind"] = "r.kind",
            ["host"] = "r.host",
            ["port"] = "CAST(r.port AS TEXT)",
            ["database"] = "r.database_name",
            ["tls"] = "r.tls_mode",
            ["description"] = "r.description",
        },
        ["r.name", "r.host", "r.description"]);

    /// <summary>Has fields only; its owner kind has no metadata.</summary>
    public static FilterSubject Session { get; } = new(
        "session",
        "s",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["user"] = "s.user_name",
            ["account"] = "s.account",
            ["resource"] = "s.resource",
            ["forward"] = "s.forward_to",
            ["source"] = "s.source",
            ["endReason"] = "s.end_reason",
        },
        ["s.user_name", "s.account", "s.resource", "s.forward_to", "s.source", "s.end_reason"])
    {
        AccountName = ("s.resource", "s.account"),
    };

    /// <summary>Has fields only; its owner kind has no metadata.</summary>
    public static FilterSubject Audit { get; } = new(
        "audit",
        "x",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["actor"] = "x.actor",
            ["source"] = "x.source",
            ["action"] = "x.action",
            ["target"] = "x.target",
            ["details"] = "x.details",
        },
        ["x.actor", "x.source", "x.action", "x.target", "x.details"]);

    /// <summary>Has fields only; its owner kind has no metadata.</summary>
    public static FilterSubject User { get; } = new(
        "user",
        "u",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "u.name",
            ["role"] = "u.role",
            ["state"] = "CASE WHEN u.disabled = 0 THEN 'enabled' ELSE 'disabled' END",
            ["password"] = "CASE WHEN u.has_password = 0 THEN 'no' ELSE 'yes' END",
        },
        ["u.name"])
    {
        Lists = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["group"] = "SELECT p.name AS value FROM groups p JOIN members m ON m.group_id = p.id WHERE m.user_id = u.id",
            ["key"] = "SELECT k.fingerprint AS value FROM user_keys k WHERE k.user_id = u.id",
        },
    };

    /// <summary>Has fields only; its owner kind has no metadata.</summary>
    public static FilterSubject Group { get; } = new(
        "group",
        "p",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "p.name" },
        ["p.name"])
    {
        Lists = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["member"] = "SELECT u.name AS value FROM users u JOIN members m ON m.user_id = u.id WHERE m.group_id = p.id",
        },
    };

    /// <summary>Has fields only; its owner kind has no metadata. The grantee "u" or "p", the target "a" or "r" are joined.</summary>
    public static FilterSubject Grant { get; } = new(
        "grant",
        "g",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["who"] = "coalesce(u.name, 'group:' || p.name)",
            ["on"] = "coalesce(a.resource || '/' || a.name, r.name || '/*', g.filter)",
            ["by"] = "g.created_by",
        },
        ["u.name", "p.name", "a.resource || '/' || a.name", "r.name", "g.filter", "g.created_by"])
    {
        AccountName = ("a.resource", "a.name"),
        Lists = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["can"] = "SELECT 'connect' AS value WHERE (g.capabilities & 1) <> 0 UNION SELECT 'manage' WHERE (g.capabilities & 2) <> 0 "
                + "UNION SELECT 'reveal' WHERE (g.capabilities & 4) <> 0 UNION SELECT 'audit' WHERE (g.capabilities & 8) <> 0 "
                + "UNION SELECT 'forward' WHERE (g.capabilities & 16) <> 0",
        },
    };

    /// <summary>Fields of any number of values, each a SELECT of its "value": one that fits is enough.</summary>
    public IReadOnlyDictionary<string, string> Lists { get; init; } = new Dictionary<string, string>();

    /// <summary>The columns in which a text search finds an account by its whole name; null: it has none.</summary>
    public (string Resource, string Account)? AccountName { get; init; }

    public bool HasField(string key) => Fields.ContainsKey(key) || Lists.ContainsKey(key);

    /// <summary>Of a subject that has fields only: a filter that asks for anything else is refused.</summary>
    /// <param name="what">"The audit": begins the sentence.</param>
    public Result<FilterNode> Parse(string filter, string what)
    {
        Result<FilterNode> parsed = Filter.Parse(filter);
        return parsed.IsOk && UnknownKey(parsed.Value) is { } key
            ? Refusal.Invalid($"{what} has no field {Text.Quote(key)}: use {string.Join(", ", Fields.Keys.Concat(Lists.Keys))}.", "filter")
            : parsed;
    }

    private string? UnknownKey(FilterNode node) => node switch
    {
        CompareNode compare when compare.IsQuoted || !HasField(compare.Key) => compare.Key,
        AndNode and => and.Terms.Select(UnknownKey).FirstOrDefault(key => key is not null),
        OrNode or => or.Terms.Select(UnknownKey).FirstOrDefault(key => key is not null),
        NotNode not => UnknownKey(not.Term),
        _ => null,
    };
}
