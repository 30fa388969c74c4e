using System.Text.Json;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Rotation policies in --json and in words.</summary>
internal static class PolicyShapes
{
    public static string StateOf(RotationTerms terms) => terms.Enabled ? "on" : "off";

    public static string SessionsOf(RotationTerms terms) => terms.WaitsForSessions ? "wait" : "go-on";

    public static void Write(Utf8JsonWriter json, RotationPolicy policy) => Write(json, policy, null);

    /// <param name="accounts">For how many it holds; null: not asked.</param>
    public static void Write(Utf8JsonWriter json, RotationPolicy policy, long? accounts)
    {
        RotationTerms terms = policy.Terms;
        json.WriteStartObject();
        json.WriteString("name", policy.Name);
        json.WriteNumber("order", policy.Order);
        json.WriteString("target", policy.Target);
        json.WriteBoolean("enabled", terms.Enabled);
        json.WriteString("every", Duration.Of(terms.Interval));
        json.WriteString("window", terms.Window?.Text);
        json.WriteString("jitter", Duration.Of(terms.Jitter));
        json.WriteString("sessions", SessionsOf(terms));
        json.WriteBoolean("byItself", terms.ByItself);
        json.WriteString("afterReveal", terms.AfterReveal is { } wait ? Duration.Of(wait) : null);
        if (terms.Hook is { } hook)
        {
            json.WriteStartArray("hook");
            foreach (string word in hook.Words)
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("hook");
        }

        if (accounts is { } count)
        {
            json.WriteNumber("accounts", count);
        }

        json.WriteString("created", Shapes.Time(policy.Created));
        json.WriteString("updated", Shapes.Time(policy.Updated));
        json.WriteEndObject();
    }
}
