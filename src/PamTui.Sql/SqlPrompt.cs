using PamTui.Sql.Prompt;

namespace PamTui.Sql;

/// <summary>
/// An SQL prompt for people who have no client of their own, and a run of statements for scripts. It talks to the relay alone, and reads and
/// writes nothing but the streams it was given.
/// </summary>
public static class SqlPrompt
{
    /// <returns>0, 1: a statement failed, 2: there was no connection, or none any more.</returns>
    public static Task<int> RunAsync(PromptRequest request, CancellationToken ct) => new Script(request).RunAsync(ct);
}
