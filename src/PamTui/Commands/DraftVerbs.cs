using System.CommandLine;
using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Commands;

/// <summary>`draft …`: forms of the full screen that were not finished.</summary>
internal static class DraftVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Remove(context));
    }

    private static Argument<string> Form() => new("FORM") { Description = "The form, as `draft list` prints it" };

    private static Verb List(CommandContext context)
    {
        Verb verb = new("list", "List your half-filled forms; each is kept for a day", "draft list", "draft list --json");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<(string Form, DateTimeOffset Saved)>> all = await product.FormDrafts.ListAsync(run.Actor, ct);
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, (writer, draft) =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("form", draft.Form);
                    writer.WriteString("saved", Shapes.Time(draft.Saved));
                    writer.WriteEndObject();
                }));
                return default(Done);
            }

            Table table = new("form", "saved");
            foreach ((string form, DateTimeOffset saved) in all.Value)
            {
                table.Add(form, Shapes.Time(saved));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> form = Form();
        Verb verb = new("show", "Show what was typed into a form; secrets are never kept", "draft show 'account.add web-1'");
        verb.Add(form);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string name = run.Value(form) ?? "";
            Result<FormDraft?> found = await product.FormDrafts.FindAsync(run.Actor, name, ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            if (found.Value is not { } draft)
            {
                return Refusal.NotFound($"You have no draft of {Text.Quote(name)}.");
            }

            if (run.Json)
            {
                run.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("form", draft.Form);
                    json.WriteString("saved", Shapes.Time(draft.Saved));
                    json.WriteStartObject("values");
                    foreach ((string field, string value) in draft.Values)
                    {
                        json.WriteString(field, value);
                    }

                    json.WriteEndObject();
                    json.WriteEndObject();
                });
                return default(Done);
            }

            Table.WriteFields(run.Out, [.. draft.Values.Select(pair => (Text.Escape(pair.Key), (string?)pair.Value)), ("Saved", Shapes.Time(draft.Saved))]);
            return default(Done);
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> form = Form();
        Verb verb = new("remove", "Forget a half-filled form", "draft remove 'account.add web-1'");
        verb.Add(form);
        verb.RunsWithProduct(context, async (run, product, ct) => run.Say(await product.FormDrafts.ForgetAsync(run.Actor, run.Value(form) ?? "", ct), $"Forgot the draft of {run.Value(form)}."));
        return verb;
    }
}
