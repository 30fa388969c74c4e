using PamTui.Sql.Prompt;

namespace PamTui.Sql.Output;

/// <summary>Which form results are written in.</summary>
internal static class Forms
{
    /// <param name="expanded">Whatever the settings say.</param>
    public static IResultForm Of(PromptSettings settings, TextOut output, bool onTerminal, bool expanded = false) => settings.Format switch
    {
        ResultFormat.Csv => new CsvForm(output, onTerminal),
        ResultFormat.Json => new JsonForm(output, onTerminal),
        _ when expanded || settings.Expanded => new ExpandedForm(output, onTerminal),
        _ => new AlignedForm(output, onTerminal),
    };
}
