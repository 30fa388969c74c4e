using PamTui.Core.Model;
using PamTui.Gateway.Databases;
using PamTui.Sql;

namespace PamTui.Hosting;

/// <summary>What the gateway shows to a user who named an account of a database.</summary>
internal sealed class PromptFaces(TimeProvider time)
{
    public Task<int> RunAsync(PromptVisit visit, CancellationToken ct) => SqlPrompt.RunAsync(
        new PromptRequest(
            visit.Kind == ResourceKind.PostgreSql ? SqlKind.PostgreSql : SqlKind.MySql,
            visit.Account,
            new SqlDial(visit.Dial),
            visit.Terminal is { } terminal ? new SqlTerminal(() => terminal.Size) : null,
            visit.Command,
            visit.Input,
            visit.Output,
            visit.Error,
            time),
        ct);
}
