using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>A person at a terminal who can be asked. There are two kinds: this machine's own terminal, and one at the far end of an SSH channel.</summary>
internal abstract class Prompt
{
    /// <summary>Longer answers are refused by every use case anyway.</summary>
    protected const int MaxAnswer = 4096;

    /// <summary>The line typed, shown while it is typed; null at the end of input.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        using Secret? answer = await ReadAsync(question, echo: true, ct);
        return answer?.RevealText();
    }

    /// <summary>The line typed, not shown; null at the end of input.</summary>
    public Task<Secret?> AskSecretAsync(string question, CancellationToken ct) => ReadAsync(question, echo: false, ct);

    protected abstract Task<Secret?> ReadAsync(string question, bool echo, CancellationToken ct);
}
