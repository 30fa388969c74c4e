using PamTui.Sql.Output;

namespace PamTui.Sql.Prompt;

/// <summary>What backslash commands have set, for this run.</summary>
internal sealed class PromptSettings
{
    public ResultFormat Format { get; set; }

    public bool Expanded { get; set; }

    public bool Timing { get; set; }
}
