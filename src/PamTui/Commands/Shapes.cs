using System.Globalization;
using System.Text.Json;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;

namespace PamTui.Commands;

/// <summary>How things look in --json: camelCase, the words of the product, times in UTC. Scripts depend on these names; add, never rename.</summary>
internal static class Shapes
{
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? at) => at is { } time ? Time(time) : null;

    public static IReadOnlyList<string> Words(Capability capabilities) =>
        [.. Enum.GetValues<Capability>().Where(one => one != Capability.None && capabilities.HasFlag(one)).Select(Core.Model.Words.Of)];

    public static void WriteList<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (T item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, Resource resource)
    {
        json.WriteStartObject();
        json.WriteString("name", resource.Name);
        json.WriteString("kind", Core.Model.Words.Of(resource.Kind));
        json.WriteString("host", resource.Host);
        json.WriteNumber("port", resource.Port);
        if (resource.Kind == ResourceKind.Linux)
        {
            json.WriteBoolean("trustOnFirstUse", resource.TrustOnFirstUse);
            json.WriteStartArray("hostKeys");
            foreach (HostKeyPin pin in resource.HostKeys)
            {
                Write(json, pin);
            }

            json.WriteEndArray();
            json.WriteStartArray("hostCas");
            foreach (HostKeyPin pin in resource.HostAuthorities)
            {
                Write(json, pin);
            }

            json.WriteEndArray();
            json.WriteStartArray("offeredHostKeys");
            foreach (HostKeyPin pin in resource.OfferedHostKeys)
            {
                Write(json, pin);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("database", resource.Database);
            json.WriteString("tlsMode", Core.Model.Words.Of(resource.TlsMode));
            json.WriteString("tlsCa", resource.TlsCa);
        }

        json.WriteString("description", resource.Description);
        Write(json, "metadata", resource.Metadata);
        json.WriteString("rotationAccount", resource.RotationAccount);
        json.WriteString("sourceAddress", resource.SourceAddress?.Text);
        RotationShapes.Write(json, resource.Passwords);
        json.WriteNumber("accounts", resource.AccountCount);
        json.WriteString("created", Time(resource.Created));
        json.WriteString("updated", Time(resource.Updated));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, HostKeyPin pin)
    {
        json.WriteStartObject();
        json.WriteString("keyType", pin.KeyType);
        json.WriteString("fingerprint", pin.Fingerprint);
        json.WriteString("trustSource", pin.TrustSource);
        json.WriteString("added", Time(pin.Added));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Account account) => Write(json, account, null, null, null);

    /// <param name="outlook">What comes next for its credential; null: not asked.</param>
    /// <param name="key">The public half of its private key; null: it has none, or was not asked for.</param>
    /// <param name="inherited">The pairs of its resource that count for it; null: not asked.</param>
    public static void Write(Utf8JsonWriter json, Account account, RotationOutlook? outlook, PublicKey? key, Metadata? inherited)
    {
        json.WriteStartObject();
        json.WriteString("name", account.Name);
        json.WriteString("resource", account.Resource);
        json.WriteString("kind", Core.Model.Words.Of(account.Kind));
        json.WriteString("username", account.Username);
        json.WriteString("credential", Core.Model.Words.Of(account.Credential));
        if (key is not null)
        {
            json.WriteStartObject("publicKey");
            json.WriteString("type", key.Type);
            json.WriteNumber("bits", key.Bits);
            json.WriteString("fingerprint", key.Fingerprint);
            json.WriteString("comment", key.Comment);
            json.WriteString("line", key.Line);
            json.WriteEndObject();
        }

        json.WriteString("alias", account.Alias);
        json.WriteString("privilege", account.Privilege);
        Write(json, "metadata", account.Metadata);
        if (inherited is not null)
        {
            Write(json, "inheritedMetadata", inherited);
        }

        json.WriteString("description", account.Description);
        json.WriteString("checkState", Core.Model.Words.Of(account.CheckState));
        json.WriteString("lastChecked", Time(account.LastChecked));
        json.WriteString("lastCheckError", account.LastCheckError);
        json.WriteString("lastUsed", Time(account.LastUsed));
        json.WriteStartObject("health");
        json.WriteString("state", Core.Model.Words.Of(account.Health.State));
        json.WriteString("since", Time(account.Health.Since));
        json.WriteString("error", account.Health.State == HealthState.Healthy ? null : account.LastCheckError);
        json.WriteEndObject();
        if (outlook is null)
        {
            RotationShapes.Write(json, account.Rotation);
        }
        else
        {
            RotationShapes.Write(json, account.Rotation, outlook);
        }

        RotationShapes.Write(json, account.Passwords);
        json.WriteString("created", Time(account.Created));
        json.WriteString("updated", Time(account.Updated));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, CheckReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("passed", report.Passed);
        if (report.Failure is { } failure)
        {
            json.WriteString("stage", Of(failure.Stage));
            json.WriteString("cause", Camel(failure.Cause.ToString()));
            json.WriteString("message", failure.Message);
        }

        if (report.HostKey is { } key)
        {
            json.WriteStartObject("hostKey");
            json.WriteString("keyType", key.KeyType);
            json.WriteString("fingerprint", key.Fingerprint);
            if (report.IsUnpinned)
            {
                json.WriteBoolean("pinned", false);
            }

            json.WriteEndObject();
        }

        json.WriteNumber("milliseconds", (long)report.Elapsed.TotalMilliseconds);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ListedUser listed)
    {
        json.WriteStartObject();
        WriteFields(json, listed.User);
        json.WriteString("lastSignIn", Time(listed.LastSignIn));
        json.WriteNumber("liveSessions", listed.LiveSessions);
        json.WriteEndObject();
    }

    /// <param name="activity">Null: not asked for.</param>
    public static void Write(Utf8JsonWriter json, User user, UserActivity? activity)
    {
        json.WriteStartObject();
        WriteFields(json, user);
        if (activity is not null)
        {
            json.WriteString("lastSignIn", Time(activity.LastSignIn));
            json.WriteString("lastSource", activity.LastSource);
            json.WriteString("lastSession", Time(activity.LastSession));
            json.WriteNumber("sessions", activity.Sessions);
            json.WriteNumber("liveSessions", activity.LiveSessions);
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, User user)
    {
        json.WriteString("name", user.Name);
        json.WriteString("role", Core.Model.Words.Of(user.Role));
        json.WriteBoolean("disabled", user.Disabled);
        json.WriteBoolean("hasPassword", user.HasPassword);
        json.WriteStartArray("keys");
        foreach (UserKey key in user.Keys)
        {
            json.WriteStartObject();
            json.WriteString("keyType", key.KeyType);
            json.WriteString("fingerprint", key.Fingerprint);
            json.WriteString("comment", key.Comment);
            json.WriteString("added", Time(key.Added));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStrings(json, "groups", user.Groups);
        json.WriteString("created", Time(user.Created));
    }

    public static void Write(Utf8JsonWriter json, Group group)
    {
        json.WriteStartObject();
        json.WriteString("name", group.Name);
        WriteStrings(json, "members", group.Members);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Grant grant)
    {
        json.WriteStartObject();
        json.WriteNumber("id", grant.Id);
        json.WriteString("grantee", grant.Grantee);
        json.WriteString("scope", Camel(grant.Scope.ToString()));
        json.WriteString("target", grant.Target);
        WriteStrings(json, "can", Words(grant.Capabilities));
        json.WriteBoolean("readOnly", grant.ReadOnly);
        WriteStrings(json, "forwardTo", grant.ForwardTo.Select(place => place.ToString()));
        json.WriteString("from", Time(grant.From));
        json.WriteString("until", Time(grant.Until));
        json.WriteString("createdBy", grant.CreatedBy);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, SessionRecord session) => Write(json, session, log: null);

    public static void Write(Utf8JsonWriter json, SessionRecord session, StatementSummary? log)
    {
        json.WriteStartObject();
        json.WriteNumber("id", session.Id);
        json.WriteString("user", session.User);
        json.WriteString("account", session.ForwardTo is null ? session.Account : null);
        json.WriteString("resource", session.Resource);
        json.WriteString("source", session.Source);
        json.WriteString("started", Time(session.Started));
        json.WriteString("ended", Time(session.Ended));
        json.WriteString("endReason", session.EndReason);
        json.WriteNumber("bytesIn", session.BytesIn);
        json.WriteNumber("bytesOut", session.BytesOut);
        json.WriteBoolean("readOnly", session.ReadOnly);
        json.WriteString("forwardTo", session.ForwardTo);
        if (log is not null)
        {
            json.WritePropertyName("statements");
            StatementShapes.Write(json, log);
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", row.Sequence);
        json.WriteString("at", row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("actor", row.Actor);
        json.WriteString("source", row.Source);
        json.WriteString("action", row.Action);
        json.WriteString("target", row.Target);
        json.WriteString("details", row.Details);
        json.WriteString("hash", Convert.ToHexStringLower(row.Hash));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, GrantExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("user", explanation.User);
        if (explanation.Account is { } account)
        {
            json.WriteString("resource", account.Resource);
            json.WriteString("account", account.Account);
        }
        else
        {
            json.WriteString("forwardTo", explanation.Place?.ToString());
        }

        WriteStrings(json, "can", Words(explanation.Capabilities));
        json.WriteString("sentence", explanation.Sentence);
        json.WriteStartArray("reasons");
        foreach (GrantReason reason in explanation.Reasons)
        {
            json.WriteStartObject();
            json.WriteBoolean("holds", reason.Holds);
            json.WriteString("why", reason.Why);
            json.WritePropertyName("grant");
            Write(json, reason.Grant);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AuditVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteBoolean("whole", verdict.IsWhole);
        json.WriteNumber("rows", verdict.Rows);
        if (verdict.FirstBad is { } bad)
        {
            json.WriteNumber("firstBad", bad);
        }
        else
        {
            json.WriteNull("firstBad");
        }

        json.WriteString("message", verdict.Message);
        json.WriteEndObject();
    }

    public static string Of(CheckStage stage) => stage switch
    {
        CheckStage.Resolve => "resolve",
        CheckStage.Connect => "connect",
        CheckStage.Identity => "identity",
        CheckStage.SignIn => "sign in",
        CheckStage.Probe => "probe",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    private static void Write(Utf8JsonWriter json, string name, Metadata metadata)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    public static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
