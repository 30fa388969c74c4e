using System.CommandLine;

namespace PamTui.Commands;

/// <summary>The options every verb takes.</summary>
internal sealed class Globals
{
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "The folder that holds the vault (else $PAMTUI_DATA, else the XDG data folder)",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "The settings file (else appsettings.json in the data folder)",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON, with stable field names", Recursive = true };

    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask before removing something", Recursive = true };
}
