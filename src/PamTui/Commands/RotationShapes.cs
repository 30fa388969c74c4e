using System.Globalization;
using System.Text.Json;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Rotations in --json and in words.</summary>
internal static class RotationShapes
{
    public static void Write(Utf8JsonWriter json, AccountRotation rotation)
    {
        if (rotation.State is not { } state)
        {
            json.WriteNull("rotation");
            return;
        }

        json.WriteStartObject("rotation");
        json.WriteString("state", Words.Of(state));
        json.WriteString("last", Shapes.Time(rotation.Last));
        json.WriteString("error", rotation.Error);
        json.WriteEndObject();
    }

    /// <summary>With what comes next.</summary>
    public static void Write(Utf8JsonWriter json, AccountRotation rotation, RotationOutlook outlook)
    {
        json.WriteStartObject("rotation");
        json.WriteString("state", rotation.State is { } state ? Words.Of(state) : null);
        json.WriteString("last", Shapes.Time(rotation.Last));
        json.WriteString("error", rotation.Error);
        json.WriteString("policy", outlook.Policy?.Name);
        json.WriteString("outlook", Words.Of(outlook.State));
        json.WriteString("next", Shapes.Time(outlook.Next));
        json.WriteNumber("failures", outlook.Failures);
        json.WriteBoolean("overdue", outlook.Overdue);
        json.WriteNumber("count", outlook.Count);
        Write(json, outlook.Hook);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RotationHook? hook)
    {
        if (hook is null)
        {
            json.WriteNull("hook");
            return;
        }

        json.WriteStartObject("hook");
        json.WriteString("state", Words.Of(hook.State));
        json.WriteNumber("tries", hook.Tries);
        json.WriteString("tried", Shapes.Time(hook.Tried));
        json.WriteString("error", hook.Error);
        json.WriteString("output", hook.Output);
        json.WriteEndObject();
    }

    /// <summary>What comes next, for a person.</summary>
    public static string Of(RotationOutlook outlook)
    {
        string policy = outlook.Policy is { } one ? $" by the policy {one.Name}" : "";
        string late = outlook.Overdue ? " (older than its policy allows)" : "";
        return outlook.State switch
        {
            RotationOutlookState.NoPolicy => "only when told: no policy reaches the account",
            RotationOutlookState.Off => $"only when told: the policy {outlook.Policy!.Name} is off",
            RotationOutlookState.Scheduled when outlook.Next is null => $"never: this machine does not know the zone of the window of the policy {outlook.Policy!.Name}",
            RotationOutlookState.Scheduled => $"{Shapes.Time(outlook.Next)}{policy}{late}",
            RotationOutlookState.Due => $"due now{policy}{late}",
            RotationOutlookState.WaitingForSessions => $"due{policy}, waiting for the open sessions of the account to end{late}",
            RotationOutlookState.Retrying => string.Create(CultureInfo.InvariantCulture, $"{Shapes.Time(outlook.Next)}, after {Attempts(outlook.Failures)}{policy}{late}"),
            RotationOutlookState.Stopped => string.Create(CultureInfo.InvariantCulture, $"stopped after {Attempts(outlook.Failures)}: `pamtui account rotate` tries again"),
            RotationOutlookState.NeedsAttention => "when a person has decided: `pamtui account rotation resolve`",
            _ => throw new ArgumentOutOfRangeException(nameof(outlook), outlook.State, null),
        };
    }

    private static string Attempts(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} failed {(count == 1 ? "attempt" : "attempts")}");

    public static string? Of(RotationHook? hook) => hook is null
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Words.Of(hook.State)} after {hook.Tries} {(hook.Tries == 1 ? "try" : "tries")}{(hook.Error is { } error ? ": " + error : "")}");

    public static void Write(Utf8JsonWriter json, PasswordChoice choice)
    {
        if (choice.IsEmpty)
        {
            json.WriteNull("passwords");
            return;
        }

        json.WriteStartObject("passwords");
        if (choice.Length is { } length)
        {
            json.WriteNumber("length", length);
        }
        else
        {
            json.WriteNull("length");
        }

        json.WriteString("classes", choice.Classes is { } classes ? PasswordPolicy.WordsOf(classes) : null);
        json.WriteString("without", choice.Without);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RotationRecord row)
    {
        json.WriteStartObject();
        Fields(json, row);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RotationPlan plan)
    {
        json.WriteStartObject();
        json.WriteString("resource", plan.Account.Resource);
        json.WriteString("account", plan.Account.Account);
        json.WriteString("way", Words.Of(plan.Way));
        json.WriteString("rotationAccount", plan.By);
        json.WriteString("change", plan.Change);
        if (plan.Policy is { } policy)
        {
            json.WriteStartObject("passwords");
            json.WriteNumber("length", policy.Length);
            json.WriteString("classes", PasswordPolicy.WordsOf(policy.Classes));
            json.WriteString("without", policy.Without);
            json.WriteNumber("bits", (int)policy.EntropyBits);
            json.WriteString("example", plan.Example);
            json.WriteEndObject();
        }

        json.WriteStartArray("warnings");
        foreach (string warning in plan.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
        if (plan.Unfinished is { } open)
        {
            json.WriteStartObject("unfinished");
            Fields(json, open);
            json.WriteEndObject();
        }

        if (plan.Test is { } test)
        {
            json.WritePropertyName("test");
            Shapes.Write(json, test);
        }

        json.WriteEndObject();
    }

    public static string Of(PasswordPolicy policy) => string.Create(
        CultureInfo.InvariantCulture,
        $"{policy.Length} characters of {PasswordPolicy.WordsOf(policy.Classes)}{(policy.Without.Length == 0 ? "" : " without " + policy.Without)}, {Math.Floor(policy.EntropyBits)} bits");

    /// <summary>"40 characters, lower,digit"; null: nothing of its own.</summary>
    public static string? Of(PasswordChoice choice)
    {
        string?[] parts =
        [
            choice.Length is { } length ? string.Create(CultureInfo.InvariantCulture, $"{length} characters") : null,
            choice.Classes is { } classes ? "of " + PasswordPolicy.WordsOf(classes) : null,
            choice.Without is { } without ? "without " + without : null,
        ];
        return choice.IsEmpty ? null : string.Join(' ', parts.Where(part => part is not null));
    }

    private static void Fields(Utf8JsonWriter json, RotationRecord row)
    {
        json.WriteNumber("id", row.Id);
        json.WriteString("state", Words.Of(row.State));
        json.WriteString("way", Words.Of(row.Way));
        json.WriteString("rotationAccount", row.By);
        json.WriteString("startedBy", row.StartedBy);
        json.WriteString("planned", Shapes.Time(row.Planned));
        json.WriteString("staged", Shapes.Time(row.Staged));
        json.WriteString("applied", Shapes.Time(row.Applied));
        json.WriteString("verified", Shapes.Time(row.Verified));
        json.WriteString("ended", Shapes.Time(row.Ended));
        json.WriteString("error", row.Error);
        Write(json, row.Hook);
    }
}
