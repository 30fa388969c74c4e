using System.CommandLine;

namespace PamTui.Commands;

/// <summary>A command with examples for its help.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string help, params string[] examples)
        : base(name, help) => Examples = examples;

    /// <summary>Whole command lines, without the program's name.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>What only the machine itself offers: over SSH it is refused with this sentence.</summary>
    public string? LocalOnly { get; init; }
}
