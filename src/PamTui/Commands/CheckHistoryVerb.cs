using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`account checks`.</summary>
internal static class CheckHistoryVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Lists lists = new();
        Verb verb = lists.On(new Verb("checks", "How the sign-ins that test an account went, newest first", "account checks web-1/deploy", "account checks web-1/deploy --json"));
        verb.Arguments.Insert(0, reference);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) =>
        {
            Result<IReadOnlyList<CheckRecord>> checks = await lists.ReadAsync(run, page => product.CheckHistory.ListAsync(run.Actor, account, page, ct));
            if (checks.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, checks.Value, Write));
                return default(Done);
            }

            Table table = new("at", "who", "health", "cause", "ms");
            foreach (CheckRecord check in checks.Value)
            {
                table.Add(Shapes.Time(check.At), check.By, Words.Of(check.Health), check.Cause is { } cause ? Words.Of(cause) : check.Message, Milliseconds(check)?.ToString(CultureInfo.InvariantCulture) ?? "");
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static long? Milliseconds(CheckRecord check) => (long?)check.Elapsed?.TotalMilliseconds;

    private static void Write(Utf8JsonWriter json, CheckRecord check)
    {
        json.WriteStartObject();
        json.WriteString("at", Shapes.Time(check.At));
        json.WriteString("by", check.By);
        json.WriteString("health", Words.Of(check.Health));
        json.WriteString("cause", check.Cause is { } cause ? Words.Of(cause) : null);
        json.WriteString("message", check.Message.Length > 0 ? check.Message : null);
        if (Milliseconds(check) is { } ms)
        {
            json.WriteNumber("ms", ms);
        }
        else
        {
            json.WriteNull("ms");
        }

        json.WriteEndObject();
    }
}
