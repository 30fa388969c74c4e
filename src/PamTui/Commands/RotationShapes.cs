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
    }
}
