using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`settings …`: what a person sets for himself; the full screen's own screen of settings changes the same.</summary>
internal static class SettingsVerbs
{
    private const string Theme = "theme";

    private static readonly string[] s_themes = [.. Enum.GetValues<ThemeChoice>().Select(Words.Of)];

    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(List(context));
        noun.Add(Get(context));
        noun.Add(Set(context));
    }

    private static Argument<string> Name()
    {
        Argument<string> name = new("NAME") { Description = $"The setting: {Theme}" };
        name.CompletionSources.Add(Theme);
        return name;
    }

    private static Verb List(CommandContext context)
    {
        Verb verb = new("list", "List your settings", "settings list", "settings list --json");
        verb.RunsWithProduct(context, async (run, product, ct) => await ThemeAsync(
            run,
            product,
            theme =>
            {
                Table table = new("setting", "value", "may be");
                table.Add(Theme, Words.Of(theme), string.Join(' ', s_themes));
                table.Write(run.Out);
            },
            ct));
        return verb;
    }

    private static Verb Get(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("get", "Print one of your settings", "settings get theme");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) => run.Value(name) == Theme
            ? await ThemeAsync(run, product, theme => run.Out.WriteLine(Words.Of(theme)), ct)
            : Unknown(run.Value(name)));
        return verb;
    }

    private static Verb Set(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> value = new("VALUE") { Description = string.Join(", ", s_themes) };
        value.CompletionSources.Add(s_themes);
        Verb verb = new("set", "Change one of your settings; full screens that are open take it the next time", "settings set theme dark", "settings set theme high-contrast");
        verb.Add(name);
        verb.Add(value);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            if (run.Value(name) != Theme)
            {
                return Unknown(run.Value(name));
            }

            return Words.Parse<ThemeChoice>(run.Value(value) ?? "", Words.Of) is { } theme
                ? run.Say(await product.PersonalSettings.SetThemeAsync(run.Actor, theme, ct), $"Your theme is {Words.Of(theme)}.")
                : Refusal.Invalid($"{Text.Quote(run.Value(value) ?? "")} is no theme: use {string.Join(", ", s_themes)}.", Theme);
        });
        return verb;
    }

    private static async Task<Result<Done>> ThemeAsync(Invocation run, Product product, Action<ThemeChoice> print, CancellationToken ct)
    {
        Result<ThemeChoice> theme = await product.PersonalSettings.ThemeAsync(run.Actor, ct);
        if (theme.Refusal is { } no)
        {
            return no;
        }

        if (run.Json)
        {
            run.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString(Theme, Words.Of(theme.Value));
                json.WriteEndObject();
            });
        }
        else
        {
            print(theme.Value);
        }

        return default(Done);
    }

    private static Refusal Unknown(string? name) => Refusal.NotFound($"There is no setting {Text.Quote(name ?? "")}: `pamtui settings list` shows those there are.");
}
