using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`filter …`: filters under names, used as `account list @NAME`.</summary>
internal static class FilterVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Save(context));
        noun.Add(Remove(context));
        noun.Add(List(context));
    }

    /// <summary>What was typed for a filter: "@name" is the saved one.</summary>
    public static async Task<Result<string>> ResolveAsync(Invocation run, Product product, Argument<string?> filter, CancellationToken ct)
    {
        string text = run.Value(filter) ?? "";
        if (!text.StartsWith(SavedFilter.Mark))
        {
            return text;
        }

        Result<SavedFilter> saved = await product.SavedFilters.FindAsync(run.Actor, text[1..], ct);
        return saved.Refusal is { } none ? none : saved.Value.Filter;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The filter's name" };

    private static Verb Save(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> filter = new("FILTER") { Description = "Terms such as env=prod, kind=postgresql, name~repl, -owner, a OR b (docs/user-guide.md)" };
        Verb verb = new("save", "Keep a filter under a name, for yourself; a name that is there gets this filter", "filter save mine 'env=prod team=payments'", "account list @mine");
        verb.Add(name);
        verb.Add(filter);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.SavedFilters.SaveAsync(run.Actor, run.Value(name) ?? "", run.Value(filter) ?? "", ct), $"Saved the filter {run.Value(name)}: `account list @{run.Value(name)}` uses it."));
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("remove", "Forget a saved filter", "filter remove mine");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.SavedFilters.RemoveAsync(run.Actor, run.Value(name) ?? "", ct), $"Removed the filter {run.Value(name)}."));
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Verb verb = new("list", "List your saved filters", "filter list", "filter list --json");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<SavedFilter>> all = await product.SavedFilters.ListAsync(run.Actor, ct);
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, (writer, saved) =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", saved.Name);
                    writer.WriteString("filter", saved.Filter);
                    writer.WriteString("saved", Shapes.Time(saved.Saved));
                    writer.WriteEndObject();
                }));
                return default(Done);
            }

            Table table = new("name", "filter", "saved");
            foreach (SavedFilter saved in all.Value)
            {
                table.Add(saved.Name, saved.Filter, Shapes.Time(saved.Saved));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }
}
