using PamTui.Core.Model;

namespace PamTui.Sql;

/// <summary>One run of the prompt: what it talks to, and whom with.</summary>
/// <param name="Account">For its words alone.</param>
/// <param name="Dial">Leads to the account's relay, and nowhere else.</param>
/// <param name="Terminal">Null: a script, whose statements come from <paramref name="Command"/>, or else from <paramref name="Input"/>.</param>
/// <param name="Command">Statements to run in place of a prompt.</param>
/// <param name="Input">Nothing reads from it after the end of the run. None of the streams is disposed.</param>
public sealed record PromptRequest(
    SqlKind Kind,
    AccountRef Account,
    SqlDial Dial,
    SqlTerminal? Terminal,
    string? Command,
    Stream Input,
    Stream Output,
    Stream Error,
    TimeProvider Time);

/// <param name="Size">Columns and rows, as they are now.</param>
public sealed record SqlTerminal(Func<(int Columns, int Rows)> Size)
{
    /// <summary>On any thread.</summary>
    public event Action? Resized;

    /// <summary>The size is another one.</summary>
    public void Resize() => Resized?.Invoke();
}
