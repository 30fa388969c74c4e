using PamTui.Sql.Prompt;

namespace PamTui.Sql;

/// <summary>
/// An SQL prompt for people who have no client of their own, and a run of statements for scripts. It talks to the relay alone, and reads and
/// writes nothing but the streams it was given.
/// </summary>
public static class SqlPrompt
{
    /// <returns>0, 1: a statement failed, 2: there was no connection, or none any more.</returns>
    public static async Task<int> RunAsync(PromptRequest request, CancellationToken ct)
    {
        if (request is not { Terminal: { } terminal, Command: null })
        {
            return await new Script(request).RunAsync(ct);
        }

        await using Interactive prompt = new(request, terminal, ct);
        return await prompt.RunAsync(ct);
    }
}
